import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { end, freePort, hasEnded, spawnGuarded } from '../guarded/index.js'

/** A Prometheus of one test file. */
export interface TestPrometheus {
  /** The results of a query now: labels and value. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: number }[]>
  /** The alerts whose condition holds now, whether for long enough or not yet: labels and annotations. */
  alerts(): Promise<{ labels: Record<string, string>; annotations: Record<string, string> }[]>
  stop(): Promise<void>
}

/** Whether this machine has a `prometheus`. */
export function prometheusAvailable(): boolean {
  return spawnSync('prometheus', ['--version']).status === 0
}

const START_LIMIT_MS = 60_000

/**
 * `targets`: host and port of each process, by its name, which is the label `app`. Scraped every second, and so are
 * the rules of the file `rules` looked at.
 */
export async function startPrometheus(
  targets: Readonly<Record<string, string>>,
  rules?: string,
): Promise<TestPrometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'obb-prometheus-'))
  const file = join(directory, 'prometheus.yml')
  writeFileSync(file, JSON.stringify(configuration(targets, rules))) // JSON is YAML
  const url = `http://127.0.0.1:${await freePort()}`
  const child = spawnGuarded(directory, [
    'prometheus',
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${new URL(url).host}`,
  ])
  const stop = async (): Promise<void> => {
    await end(child, 'SIGTERM')
    rmSync(directory, { recursive: true, force: true })
  }
  const deadline = performance.now() + START_LIMIT_MS
  for (;;) {
    if (
      await fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break
    if (hasEnded(child) || performance.now() > deadline) {
      await stop()
      throw new Error('prometheus did not start')
    }
    await sleep(50)
  }
  return { query: (expression) => query(url, expression), alerts: () => alerts(url), stop }
}

const configuration = (targets: Readonly<Record<string, string>>, rules: string | undefined): object => ({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
  ...(rules !== undefined && { rule_files: [rules] }),
  scrape_configs: [
    {
      job_name: 'obb',
      static_configs: Object.entries(targets).map(([app, target]) => ({
        targets: [target],
        labels: { app },
      })),
    },
  ],
})

interface Answer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] }
}

async function query(url: string, expression: string) {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)
  const { data } = (await response.json()) as Answer
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
}

async function alerts(url: string) {
  const response = await fetch(`${url}/api/v1/alerts`)
  const { data } = (await response.json()) as {
    data: { alerts: { labels: Record<string, string>; annotations: Record<string, string> }[] }
  }
  return data.alerts
}
