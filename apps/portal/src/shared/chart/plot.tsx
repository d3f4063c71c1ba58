import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'
import { localZone } from '../format.js'
import type { ChartProps } from './chart-props.js'
import styles from './chart.module.css'
import { useColors } from './colors.js'

const HEIGHT = 200
/** Marks of the axis are so many steps apart. */
const STEPS_APART = [1, 2, 3, 6, 7, 12, 14, 30]
const FONT = '12px system-ui, sans-serif'
const paths = UPlot.paths.bars?.({ size: [0.8, 48] })
const bars = paths ? { paths } : {}
const INK = { light: { text: '#5c636b', line: '#e3e6ea' }, dark: { text: '#a3aab2', line: '#3b4046' } }

/** Bars are drawn from the ground up, the highest first: each is the sum of those that lie below it and its own. */
function stacked({ series, kind }: Pick<ChartProps, 'series' | 'kind'>): (number | null)[][] {
  if (kind === 'line') return series.map(({ values }) => [...values])
  const sums: number[][] = []
  for (const { values } of series) {
    const below = sums.at(-1)
    sums.push(values.map((value, place) => (value ?? 0) + (below?.[place] ?? 0)))
  }
  return sums
}

/** Draws with uPlot; styles are set one by one, which the page's policy allows. */
export default function Plot({ at, series, kind, step, format, formatAt, max }: ChartProps) {
  const { ref: box, width } = useElementSize<HTMLDivElement>()
  const target = useRef<HTMLDivElement>(null)
  const [place, point] = useState<number | null>(null)
  const colors = useColors()
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    if (!target.current || width === 0) return
    const values = stacked({ series, kind })
    const order = kind === 'bars' ? values.map((_, n) => values.length - 1 - n) : values.map((_, n) => n)
    const { text, line } = INK[scheme]
    const axis = { stroke: text, font: FONT, ticks: { show: false }, border: { show: false } }
    const plot = new UPlot(
      {
        width,
        height: HEIGHT,
        tzDate: (s) => UPlot.tzDate(new Date(s * 1000), step >= 86_400 ? 'Etc/UTC' : localZone()),
        legend: { show: false },
        cursor: { y: false, points: { show: kind === 'line' }, drag: { x: false, y: false } },
        hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
        scales: {
          x: { range: (_, from, to) => [from - step / 2, to + step / 2] },
          y: { range: (_, _from, to) => [0, max ?? (to > 0 ? to * 1.05 : 1)] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            incrs: STEPS_APART.map((count) => count * step),
            space: 72,
            size: 28,
            values: (_, splits) => splits.map((s) => formatAt(s * 1000)),
          },
          {
            ...axis,
            grid: { stroke: line, width: 1 },
            size: 72,
            values: (_, splits) => splits.map((value) => format(value)),
          },
        ],
        series: [
          {},
          ...order.map((n) => {
            const color = colors[n % colors.length] ?? text
            const common = { stroke: color, points: { show: false } }
            return kind === 'bars'
              ? { ...common, fill: color, width: 0, ...bars }
              : { ...common, width: 2, spanGaps: false, points: { show: true, size: 4, fill: color } }
          }),
        ],
      },
      [[...at], ...order.map((n) => values[n] ?? [])],
      target.current,
    )
    return () => plot.destroy()
  }, [at, series, kind, step, format, formatAt, max, width, colors, scheme])
  const shown = place === null ? undefined : at[place]
  return (
    <div ref={box}>
      <div className={styles['plot']} ref={target} />
      <div aria-hidden="true" className={styles['told']}>
        {shown !== undefined &&
          place !== null &&
          [
            formatAt(shown * 1000),
            ...series.flatMap(({ name, values }) => {
              const value = values[place]
              if (value == null || (series.length > 1 && value === 0)) return []
              return [series.length > 1 ? `${name} ${format(value)}` : format(value)]
            }),
          ].join(' · ')}
      </div>
    </div>
  )
}
