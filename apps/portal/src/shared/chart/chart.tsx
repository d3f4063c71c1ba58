import { Group } from '@mantine/core'
import { Suspense, lazy } from 'react'
import { m } from '../text.js'
import styles from './chart.module.css'
import type { ChartProps } from './chart-props.js'
import { useColors } from './colors.js'

const Plot = lazy(() => import('./plot.js'))

/** A picture of figures over time, loaded when it is shown. */
export function Chart(props: ChartProps) {
  const { label, series } = props
  const colors = useColors()
  return (
    <figure aria-label={m.chart_of({ name: label })} className={styles['figure']} role="img">
      <Suspense fallback={<div className={styles['plot']} />}>
        <Plot {...props} />
      </Suspense>
      {series.length > 1 && (
        <Group className={styles['legend'] ?? ''} gap="xs" mt="xs">
          {series.map(({ name }, place) => (
            <span className={styles['name']} key={name}>
              <svg aria-hidden="true" height="10" viewBox="0 0 10 10" width="10">
                <rect fill={colors[place % colors.length]} height="10" rx="2" width="10" />
              </svg>
              {name}
            </span>
          ))}
        </Group>
      )}
    </figure>
  )
}
