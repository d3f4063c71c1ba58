/** The mark of OBB, as in the icon that the gateway serves. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg aria-hidden="true" height={size} viewBox="0 0 32 32" width={size}>
      <rect fill="var(--mantine-primary-color-filled)" height="32" rx="7" width="32" />
      <path
        d="M16 6v13m-6-5 6 6 6-6M8 25h16"
        fill="none"
        stroke="#fff"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeWidth="3"
      />
    </svg>
  )
}
