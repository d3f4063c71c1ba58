import { encode } from 'uqr'

/** Modules of white around it, as the standard has it. */
const BORDER = 4
/** Width and height, px: a phone that reads it at arm's length, and one that shows it. */
const SIDE = 240

/** A text as a QR code, black on white whatever the appearance of the page: so scanners read it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: BORDER })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg
      aria-label={label}
      height={SIDE}
      role="img"
      shapeRendering="crispEdges"
      viewBox={`0 0 ${size} ${size}`}
      width={SIDE}
    >
      <rect fill="#fff" height={size} width={size} />
      <path d={dark.join('')} fill="#000" />
    </svg>
  )
}
