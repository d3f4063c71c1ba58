import type { Release } from './semaphore.js'

/** PlaceOwner is whom work in a place is for. */
export interface PlaceOwner {
  /** An account's id, or any name of its own for what is nobody's. */
  account: string
  /** What the work waits for, if several are told apart. */
  platform?: string
}

/** A share of the places: the last `reserve` of them are for who has fewer than `modest`. */
export interface Share {
  reserve: number
  modest: number
}

export interface SharedPlacesOptions {
  places: number
  accounts: Share
  /** Without one, platforms are not told apart. */
  platforms?: Share
  /** Whether a platform takes another one, asked whenever somebody comes or goes. Default: it does. */
  isOpen?: (platform: string) => boolean
}

/** Place is one that was given, with those for whom its work is done too. */
export interface Place<Owner extends PlaceOwner> {
  release: Release
  /** Takes up to `most` out of the queue that `fits`, in the order of their turns, and counts them as in this place. */
  takeAlong(fits: (owner: Owner) => boolean, most: number): Owner[]
}

interface Waiting<Owner extends PlaceOwner> {
  owner: Owner
  enter: (place: Place<Owner>) => void
}

interface AccountQueue<Owner extends PlaceOwner> {
  running: number
  /** When it had its last turn: a count of all turns. */
  turn: number
  waiting: Waiting<Owner>[]
}

/**
 * Places that accounts share: whoever has the fewest goes first, among equals who had a turn longest ago. All of them
 * may be used, but whoever has its share already leaves a reserve to those who have little, so that a flood, of one
 * account or for one platform that does not answer, keeps nobody else waiting for the end of its own work.
 */
export class SharedPlaces<Owner extends PlaceOwner = PlaceOwner> {
  private readonly accounts = new Map<string, AccountQueue<Owner>>()
  private readonly platforms = new Map<string, number>()
  private taken = 0
  private turns = 0

  constructor(private readonly options: SharedPlacesOptions) {}

  /** How many wait for a place. */
  get waiting(): number {
    let waiting = 0
    for (const queue of this.accounts.values()) waiting += queue.waiting.length
    return waiting
  }

  /** How many places a platform has. */
  placesOf(platform: string): number {
    return this.platforms.get(platform) ?? 0
  }

  /** Calls `enter` once with a place, perhaps at once. The function that it returns leaves the queue, if still in it. */
  queue(owner: Owner, enter: (place: Place<Owner>) => void): () => void {
    const waiting = { owner, enter }
    const { waiting: others } = this.of(owner.account)
    others.push(waiting)
    this.admit()
    return () => {
      const at = others.indexOf(waiting)
      if (at >= 0) others.splice(at, 1)
      this.forget(owner.account)
    }
  }

  /** A place; without one before `signal` aborts, raises its reason. */
  async acquire(owner: Owner, signal: AbortSignal): Promise<Place<Owner>> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        leave()
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      const leave = this.queue(owner, (place) => {
        signal.removeEventListener('abort', giveUp)
        resolve(place)
      })
    })
  }

  /** Does the work in a place of its own. Raises as `acquire` does. */
  async with<T>(owner: Owner, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { release } = await this.acquire(owner, signal)
    try {
      return await work()
    } finally {
      release()
    }
  }

  /** Gives free places to whose turn it is. */
  private admit(): void {
    for (let next; (next = this.next()) !== undefined;) next.enter(this.place(next.owner))
  }

  private place({ account, platform }: Owner): Place<Owner> {
    const accounts = [account]
    this.taken++
    this.begin(account)
    this.countPlace(platform, 1)
    let isReleased = false
    const release = (): void => {
      if (isReleased) return
      isReleased = true
      this.taken--
      this.countPlace(platform, -1)
      for (const each of accounts) this.end(each)
      this.admit()
    }
    const takeAlong = (fits: (owner: Owner) => boolean, most: number): Owner[] => {
      const taken: Owner[] = []
      for (let found; taken.length < most && (found = this.first(fits)) !== undefined;) {
        taken.push(found.owner)
        accounts.push(found.owner.account)
        this.begin(found.owner.account)
      }
      return taken
    }
    return { release, takeAlong }
  }

  /** Takes out of the queue whose turn it is. */
  private next(): Waiting<Owner> | undefined {
    const free = this.options.places - this.taken
    if (free <= 0) return undefined
    for (const { running, waiting } of this.inTurn()) {
      const shut = new Set<string | undefined>()
      for (const [at, { owner }] of waiting.entries()) {
        const { platform } = owner
        if (shut.has(platform)) continue
        if (this.mayEnter(running, platform, free)) return waiting.splice(at, 1)[0]
        shut.add(platform)
      }
    }
    return undefined
  }

  private mayEnter(running: number, platform: string | undefined, free: number): boolean {
    const { accounts, isOpen = () => true, platforms } = this.options
    const keptForAccounts = running < accounts.modest ? 0 : accounts.reserve
    if (platform === undefined) return free > keptForAccounts
    const isModest = !platforms || this.placesOf(platform) < platforms.modest
    return free > keptForAccounts + (isModest ? 0 : platforms.reserve) && isOpen(platform)
  }

  /** Takes the first that `fits` out of the queue. */
  private first(fits: (owner: Owner) => boolean): Waiting<Owner> | undefined {
    for (const { waiting } of this.inTurn()) {
      const at = waiting.findIndex(({ owner }) => fits(owner))
      if (at >= 0) return waiting.splice(at, 1)[0]
    }
    return undefined
  }

  private inTurn(): AccountQueue<Owner>[] {
    const queues = [...this.accounts.values()].filter(({ waiting }) => waiting.length > 0)
    return queues.sort((one, other) => one.running - other.running || one.turn - other.turn)
  }

  private begin(account: string): void {
    const queue = this.of(account)
    queue.running++
    queue.turn = ++this.turns
  }

  private end(account: string): void {
    this.of(account).running--
    this.forget(account)
  }

  private countPlace(platform: string | undefined, by: 1 | -1): void {
    if (platform === undefined) return
    const places = this.placesOf(platform) + by
    if (places === 0) this.platforms.delete(platform)
    else this.platforms.set(platform, places)
  }

  private of(account: string): AccountQueue<Owner> {
    let queue = this.accounts.get(account)
    if (!queue) this.accounts.set(account, (queue = { running: 0, turn: 0, waiting: [] }))
    return queue
  }

  private forget(account: string): void {
    const { running, waiting } = this.of(account)
    if (running === 0 && waiting.length === 0) this.accounts.delete(account)
  }
}
