/** Line icons, drawn for this page. Decoration only: what they are on has a label. */
const paths = {
  menu: "M4 7h16M4 12h16M4 17h10",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  pencil: "M4 20l1-4.5L16 4.5a2.1 2.1 0 0 1 3 0l.5.5a2.1 2.1 0 0 1 0 3L8.5 19z M14 6.5l3.5 3.5",
  bin: "M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.5 11v5M13.5 11v5",
  box: "M4 5h16v4H4zM5.5 9v10h13V9M10 12.5h4",
  unbox: "M5 12v7h14v-7M12 15V5M8 8.5L12 4.5l4 4",
  "thumb-up":
    "M7 11v8H4v-8zM7 11l4-7c1.6 0 2.4 1 2.2 2.4L12.5 10H18c1.4 0 2.2 1.1 1.9 2.3l-1.4 5.2c-.3 1-1 1.5-2 1.5H7",
  "thumb-down":
    "M7 13V5H4v8zM7 13l4 7c1.6 0 2.4-1 2.2-2.4L12.5 14H18c1.4 0 2.2-1.1 1.9-2.3l-1.4-5.2c-.3-1-1-1.5-2-1.5H7",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7.5 7.5h9v9h-9z",
  down: "M12 5v14M6 13l6 6 6-6",
  chevron: "M10 7l5 5-5 5",
  gauge: "M4.5 17a8.5 8.5 0 1 1 15 0M12 14l4-5M12 14h.01",
  door: "M14 4H6v16h8M10 12h10M16.5 8.5L20 12l-3.5 3.5",
  swap: "M5 9h13M14.5 5.5L18 9l-3.5 3.5M19 15H6M9.5 11.5L6 15l3.5 3.5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  mask: "M3 9c3-1.5 6-1.5 9 0 3-1.5 6-1.5 9 0 0 5-2 8-5 8-2 0-3-2-4-2s-2 2-4 2c-3 0-5-3-5-8zM7 11.5h2.5M14.5 11.5H17",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.2v.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  key: "M15.5 13a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12.3 11.7L4.5 19.5M8 16l2.5 2.5",
  question: "M8.5 9a3.5 3.5 0 1 1 5.5 2.9c-1.3.9-2 1.4-2 2.6M12 18v.01",
  arrows: "M5 8h12l-3.5-3.5M19 16H7l3.5 3.5",
  shield: "M12 3.5l7 2.5v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z",
  eye: "M2.5 12C5 7.5 8.5 6 12 6s7 1.5 9.5 6c-2.5 4.5-6 6-9.5 6s-7-1.5-9.5-6zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  offline: "M3 4l17 17M5 10a11 11 0 0 1 4-2.3M13.5 7.2c2.2.3 4 1.3 5.5 2.8M8 14a5.5 5.5 0 0 1 4-1.8M12 18v.01",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 8v4.5l3 2",
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden>
      <path d={paths[name]} />
    </svg>
  );
}
