import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

/** Every name that the code gives a metric, and what prom-client and Prometheus add. */
const KNOWN = new Set([
  ...['instruments', '../installation-metrics/installation-metrics'].flatMap((file) =>
    [...read(`packages/core/src/metrics/${file}.ts`).matchAll(/'(obb_\w+)'/g)].map(([, name]) => name),
  ),
  ...['up', 'process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds'],
])

/** Names of metrics in a PromQL expression. */
const namesIn = (expression: string) =>
  [...expression.matchAll(/\b(obb_\w+|process_\w+|nodejs_\w+|up)\b(?=[{[\s)]|$)/g)].map(([, name = '']) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  )

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[]
}

describe('the dashboard', () => {
  const { panels } = JSON.parse(read('docs/monitoring/grafana-dashboard.json')) as Dashboard

  it.each(panels.map(({ title, targets }) => [title, targets] as const))(
    'shows in "%s" what there is',
    (_title, targets) => {
      for (const { expr } of targets) {
        const names = namesIn(expr)
        expect(names.length).toBeGreaterThan(0)
        expect(names.filter((name) => !KNOWN.has(name))).toEqual([])
      }
    },
  )

  it('shows every metric of OBB', () => {
    const shown = new Set(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => namesIn(expr))))
    expect([...KNOWN].filter((name) => name?.startsWith('obb_') && !shown.has(name))).toEqual([])
  })
})

describe('the alerts', () => {
  it('ask for what there is', () => {
    const lines = read('docs/monitoring/alerts.yml').split('\n')
    const names = lines.filter((line) => /^ +(?:expr:|sum |\/ sum )/.test(line)).flatMap(namesIn)
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !KNOWN.has(name))).toEqual([])
  })

  const promtool = spawnSync('promtool', ['--version']).error === undefined
  const itChecks = promtool ? it : it.skip
  itChecks(
    'are taken by Prometheus, and say what they should (needs promtool, of Debian’s prometheus)',
    () => {
      const directory = new URL('../docs/monitoring/', import.meta.url)
      for (const args of [
        ['check', 'rules', 'alerts.yml'],
        ['test', 'rules', 'alerts.test.yml'],
        ['check', 'config', '--syntax-only', 'prometheus.yml'],
      ]) {
        const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: directory, encoding: 'utf8' })
        expect([args, status, status === 0 ? '' : stdout + stderr]).toEqual([args, 0, ''])
      }
    },
  )
})
