import { Dialog } from "../parts/dialog";
import { Icon } from "../parts/icon";

/** Over everything while the page is asleep: nobody uses an app on a machine whose lid is closed. */
export function Asleep({ onWake }: { onWake: () => void }) {
  return (
    <Dialog label="Asleep" className="dialog" onClose={onWake}>
      <h2>
        <Icon name="moon" /> The page is asleep
      </h2>
      <p>Its timers stand still, and nothing comes in. It wakes by itself in a few seconds.</p>
      <div className="row">
        <button className="button main" onClick={onWake}>
          Wake it now
        </button>
      </div>
    </Dialog>
  );
}
