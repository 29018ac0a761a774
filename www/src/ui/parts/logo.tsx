/** A thread through an eye. */
export function Logo({ size }: { size: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" fill="none" strokeLinecap="round" aria-hidden>
      <rect className="logo-ground" width="32" height="32" rx="9" />
      <path className="logo-thread" d="M5 21c5 0 5-10 11-10s6 10 11 10" />
      <circle className="logo-eye" cx="16" cy="16.5" r="5.2" />
    </svg>
  );
}
