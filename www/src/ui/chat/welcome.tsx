import { useDemo } from "../context";

interface Props {
  readonly isVisitor: boolean;
  readonly onChoose: (text: string) => void;
}

/** A chat in which nothing has been said. */
export function Welcome({ isVisitor, onChoose }: Props) {
  const { visitorChats, suggestions } = useDemo().backend.words;
  return (
    <div className="chat-scroll">
      <div className="welcome">
        <h2>What shall we try?</h2>
        <p className="soft">
          {isVisitor
            ? `You are here without a name. ${visitorChats}`
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
