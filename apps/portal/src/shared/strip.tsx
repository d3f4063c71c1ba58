const STEP = 4
const BAR = 3
const HEIGHT = 24
/** Of what is not quite nothing, so that it is seen. */
const LEAST = 3

const colorOf = (share: number) => (share >= 0.9 ? 'green' : share >= 0.5 ? 'orange' : 'red')

/**
 * Shares of success over time, a bar for each, as high as it is; null: there was nothing. Screen readers are told nothing:
 * the figures stand beside it.
 */
export function Strip({ shares }: { shares: readonly (number | null)[] }) {
  return (
    <svg
      aria-hidden="true"
      height={HEIGHT}
      preserveAspectRatio="none"
      viewBox={`0 0 ${shares.length * STEP} ${HEIGHT}`}
      width="100%"
    >
      {shares.map((share, place) => {
        const height = share === null ? LEAST : Math.max(LEAST, share * HEIGHT)
        return (
          <rect
            fill={
              share === null
                ? 'var(--mantine-color-default-border)'
                : `var(--mantine-color-${colorOf(share)}-6)`
            }
            height={height}
            // Places never move: each is a time.
            key={place}
            width={BAR}
            x={place * STEP}
            y={HEIGHT - height}
          />
        )
      })}
    </svg>
  )
}
