export interface Series {
  name: string
  /** One per place of `at`; null: there is nothing to show. */
  values: readonly (number | null)[]
}

export interface ChartProps {
  /** What it shows; the figures stand in a table beside it, since a picture says nothing to a screen reader. */
  label: string
  kind: 'bars' | 'line'
  /** Of bars: on top of each other. */
  series: readonly Series[]
  /** Epoch s, in their order. */
  at: readonly number[]
  /** From one place to the next, s. */
  step: number
  format: (value: number) => string
  formatAt: (epochMs: number) => string
  /** Top of the scale; otherwise as high as the values are. */
  max?: number
}
