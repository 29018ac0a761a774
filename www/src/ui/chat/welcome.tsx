/** Words that make the scripted model of the local backend do something worth watching. */
const suggestions = [
  { text: "hello", about: "a short answer" },
  { text: "slow 20", about: "20 seconds to stop, reload or lose the network in" },
  { text: "unicode", about: "accents, Chinese, a rocket" },
  { text: "err401", about: "the model refuses" },
  { text: "midfail", about: "the model breaks off" },
  { text: "cut", about: "the connection breaks off" },
];

interface Props {
  readonly isAnonymous: boolean;
  readonly onChoose: (text: string) => void;
}

/** A chat in which nothing has been said. */
export function Welcome({ isAnonymous, onChoose }: Props) {
  return (
    <div className="chat-scroll">
      <div className="welcome">
        <h2>What shall we try?</h2>
        <p className="soft">
          {isAnonymous
            ? "You are here without a name. Your chats last as long as this tab, or until you choose “Forget me”."
            : "Your chats are yours alone: sign in as somebody else, and they are out of sight."}{" "}
          The model is a scripted one. Write anything, or one of these:
        </p>
        <ul className="suggestions">
          {suggestions.map(({ text, about }) => (
            <li key={text}>
              <button className="suggestion" onClick={() => onChoose(text)}>
                <strong>{text}</strong>
                <span>{about}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
