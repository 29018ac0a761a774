/** A sign-in, an eye and a chat on one thread. Decoration: the text beside it says the same. */
export function StartArt() {
  return (
    <svg className="start-art" viewBox="0 0 420 400" fill="none" aria-hidden>
      <path className="art-thread" d="M120 96C230 96 150 178 226 178" />
      <circle className="art-eye" cx="226" cy="178" r="42" />
      <path className="art-thread" d="M226 178C340 178 350 210 328 290" />
      <g className="art-card">
        <rect x="28" y="44" width="128" height="96" rx="18" />
        <circle cx="64" cy="80" r="14" />
        <path d="M44 118c3-12 10-17 20-17s17 5 20 17M98 74h38M98 92h26" />
      </g>
      <g className="art-card">
        <path d="M282 262h92a18 18 0 0 1 18 18v52a18 18 0 0 1-18 18h-58l-22 20v-20h-12a18 18 0 0 1-18-18v-52a18 18 0 0 1 18-18z" />
        <path d="M290 292h76M290 314h52" />
      </g>
    </svg>
  );
}
