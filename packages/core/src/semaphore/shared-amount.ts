import type { Release } from './semaphore.js'

/**
 * A quantity that is handed out at once or not at all, such that nobody can take it all: whoever has nothing gets what
 * he asks for as long as there is so much, and whoever has something gets more only where as much is left to others as
 * he has then. One alone has up to half, and whoever comes after any number of such finds something (the dynamic
 * thresholds of packet switches: Choudhury, Hahne 1998). Nothing is set aside for any number of users.
 */
export class SharedAmount {
  private readonly held = new Map<string, number>()
  private taken = 0

  constructor(private readonly total: number) {}

  /** How much nobody has. */
  get free(): number {
    return this.total - this.taken
  }

  /**
   * `amount` ≥ 0 for `who`, or undefined where it cannot be had. Who is undefined has no share of his own: he gets what
   * there is.
   */
  take(who: string | undefined, amount = 1): Release | undefined {
    const held = who === undefined ? 0 : (this.held.get(who) ?? 0)
    const left = this.free - amount
    if (left < 0 || (held > 0 && held + amount > left)) return undefined
    this.add(who, amount)
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      this.add(who, -amount)
    }
  }

  private add(who: string | undefined, amount: number): void {
    this.taken += amount
    if (who === undefined) return
    const held = (this.held.get(who) ?? 0) + amount
    if (held === 0) this.held.delete(who)
    else this.held.set(who, held)
  }
}
