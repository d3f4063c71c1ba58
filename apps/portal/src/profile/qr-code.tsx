import { encode } from 'uqr'

/** Modules of white around it, as the standard has it. */
const BORDER = 4

/** A text as a QR code, black on white whatever the appearance of the page: so scanners read it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: BORDER })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg
      aria-label={label}
      height={200}
      role="img"
      shapeRendering="crispEdges"
      viewBox={`0 0 ${size} ${size}`}
      width={200}
    >
      <rect fill="#fff" height={size} width={size} />
      <path d={dark.join('')} fill="#000" />
    </svg>
  )
}
