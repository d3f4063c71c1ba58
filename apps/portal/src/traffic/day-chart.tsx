import { useMemo } from 'react'
import { Chart } from '../shared/chart/chart.js'
import { MAX_SERIES } from '../shared/chart/colors.js'
import { formatBytes, formatShortDay } from '../shared/format.js'
import { m } from '../shared/text.js'
import { type Day, seriesOf } from './usage-days.js'

const DAY_S = 86_400

/** Traffic by day of the browser's time zone, and by host in it. `days`: those with any; `count`: how many are shown, with today. */
export function DayChart({ days, count, now }: { days: readonly Day[]; count: number; now: number }) {
  const at = useMemo(() => {
    const date = new Date(now)
    const today = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 1000
    return Array.from({ length: count }, (_, place) => today - (count - 1 - place) * DAY_S)
  }, [count, now])
  const series = useMemo(
    () => seriesOf(days, at, { most: MAX_SERIES, others: m.traffic_others() }),
    [days, at],
  )
  return (
    <Chart
      at={at}
      format={formatBytes}
      formatAt={formatShortDay}
      kind="bars"
      label={m.traffic_days({ count })}
      series={series}
      step={DAY_S}
    />
  )
}
