import type { IoClock, Screen } from '../io.js'
import { formatBytes, formatSeconds, printable } from '../output.js'

/** ProgressDisplay shows what a download tells while it runs. */
export interface ProgressDisplay {
  /** OBB is fetching the file from its host. `done` is 0 to 1; speed in bytes per second. */
  showFetching(
    name: string,
    state: string,
    done: number | undefined,
    speed?: number,
    etaSeconds?: number,
  ): void
  /** Bytes arrive from now on, `done` of `size` are there already. */
  begin(size: number, done: number): void
  countReceived(bytes: number): void
  showVerifying(): void
  notice(text: string): void
  /** The line is free for other output. */
  end(): void
}

export const silent: ProgressDisplay = {
  showFetching: () => undefined,
  begin: () => undefined,
  countReceived: () => undefined,
  showVerifying: () => undefined,
  notice: () => undefined,
  end: () => undefined,
}

/** A bar that is redrawn on a terminal, a plain line now and then anywhere else. */
export function screenProgress(screen: Screen, clock: IoClock): ProgressDisplay {
  return new ScreenProgress(screen, clock)
}

const WINDOW_MS = 5000
const REDRAW_MS = 200
const LINE_MS = 5000

/** Bytes per second over the last five seconds. */
export class Speedometer {
  private readonly samples: { at: number; bytes: number }[] = []

  constructor(private readonly clock: IoClock) {}

  add(bytes: number): void {
    const now = this.clock.now()
    const last = this.samples.at(-1)
    // Ten samples a second are enough.
    if (last !== undefined && now - last.at < 100 && this.samples.length > 1) last.bytes += bytes
    else this.samples.push({ at: now, bytes })
    while ((this.samples[0]?.at ?? now) < now - WINDOW_MS) this.samples.shift()
  }

  /** undefined until there is something to measure. */
  bytesPerSecond(): number | undefined {
    const now = this.clock.now()
    const [first, ...later] = this.samples.filter(({ at }) => at >= now - WINDOW_MS)
    // The bytes of the first sample were under way before the time that is measured.
    const elapsed = now - (first?.at ?? now)
    if (elapsed < 100) return undefined
    return (later.reduce((sum, { bytes }) => sum + bytes, 0) * 1000) / elapsed
  }
}

/** `[=====>    ]`; `share` is 0 to 1. */
export function bar(share: number, width: number): string {
  const filled = Math.min(width, Math.floor(Math.max(0, share) * width))
  return `[${'='.repeat(filled)}${filled < width ? '>' : ''}${' '.repeat(Math.max(0, width - filled - 1))}]`
}

class ScreenProgress implements ProgressDisplay {
  private speed: Speedometer
  private size = 0
  private done = 0
  private drawnAt = -Infinity
  private drawn = false

  constructor(
    private readonly screen: Screen,
    private readonly clock: IoClock,
  ) {
    this.speed = new Speedometer(clock)
  }

  showFetching(
    name: string,
    state: string,
    done: number | undefined,
    speed?: number,
    etaSeconds?: number,
  ): void {
    const details = [speed === undefined ? '' : `${formatBytes(speed)}/s`, this.eta(etaSeconds)]
    const word = state === 'pending' ? 'waiting for' : 'fetching'
    this.draw(done, `${word} ${name}`, details, true)
  }

  begin(size: number, done: number): void {
    this.speed = new Speedometer(this.clock)
    this.size = size
    this.done = done
    this.drawnAt = -Infinity
    this.countReceived(0)
  }

  countReceived(bytes: number): void {
    this.done += bytes
    this.speed.add(bytes)
    const rate = this.speed.bytesPerSecond()
    const left = rate === undefined || rate === 0 ? undefined : (this.size - this.done) / rate
    const details = [rate === undefined ? '' : `${formatBytes(rate)}/s`, this.eta(left)]
    const amount = `${formatBytes(this.done)} of ${formatBytes(this.size)}`
    const finished = this.done >= this.size
    this.draw(this.size === 0 ? 1 : this.done / this.size, amount, details, finished)
  }

  showVerifying(): void {
    this.draw(undefined, 'verifying', [], true)
  }

  notice(text: string): void {
    this.end()
    this.screen.write(`${printable(text)}; trying again\n`)
  }

  end(): void {
    if (this.drawn) this.screen.write('\n')
    this.drawn = false
  }

  private eta(seconds: number | undefined): string {
    return seconds === undefined ? '' : `${formatSeconds(seconds)} left`
  }

  private draw(share: number | undefined, what: string, details: readonly string[], now: boolean): void {
    const terminal = this.screen.isTTY === true
    const due = this.clock.now() - this.drawnAt >= (terminal ? REDRAW_MS : LINE_MS)
    if (!now && !due) return
    this.drawnAt = this.clock.now()
    const percent = share === undefined ? '' : `${Math.floor(share * 100)}%`
    const text = printable([percent, what, ...details].filter((part) => part !== '').join('  '))
    if (!terminal) {
      this.screen.write(`${text}\n`)
      return
    }
    const columns = this.screen.columns ?? 80
    const width = Math.min(30, columns - text.length - 4)
    const line = share === undefined || width < 5 ? text : `${bar(share, width)} ${text}`
    this.screen.write(`\r${line.slice(0, columns - 1).padEnd(columns - 1)}`)
    this.drawn = true
  }
}
