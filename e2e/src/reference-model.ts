import {
  ACCOUNTS,
  type Action,
  COOL_MS,
  FILE_LEASE_MS,
  FILE_TTL_MS,
  FIRST_GRANT,
  LIMITS,
  LINK_TTL_MS,
  MAX_QUEUED,
  MEMORY_MS,
  OPERATOR_ACCOUNTS,
  SIZES,
  type World,
} from './interleaving.js'

interface ModelLink {
  charged: number
  expiresAt: number
}

interface ModelFile {
  state: 'idle' | 'pending' | 'downloading' | 'done' | 'error'
  size: number
  claim: number
  dueAt: number
  leaseUntil: number
  /** Account on whose slot it runs. */
  slot: number | undefined
  refusedUntil: number
  doneAt: number
  links: Map<number, ModelLink>
}

/**
 * What the rules say, in memory and one action at a time: who is charged what, which state a file is in, who holds
 * it. `expect` does an action in the world and here, and returns what differs; the rest of a difference shows in
 * `standing`.
 */
export class ReferenceModel {
  private readonly left = Array<number>(ACCOUNTS).fill(FIRST_GRANT)
  private readonly suspended = Array<boolean>(ACCOUNTS).fill(false)
  private readonly coolUntil = Array<number>(OPERATOR_ACCOUNTS).fill(0)
  private readonly files: ModelFile[] = SIZES.map((size) => ({
    ...{
      state: 'idle',
      size,
      claim: 0,
      dueAt: 0,
      leaseUntil: 0,
      slot: undefined,
      refusedUntil: 0,
      doneAt: 0,
    },
    links: new Map<number, ModelLink>(),
  }))

  constructor(private now: number) {}

  /** standing tells how the model stands, as World tells it of the rows. */
  standing(): Awaited<ReturnType<World['standing']>> {
    return {
      left: [...this.left],
      states: this.files.map(({ state }) => state),
      sizes: this.files.map(({ size }) => size),
      links: this.files
        .flatMap(({ links }, file) =>
          [...links].map(([account, { charged }]) => `${account}→${file}: ${charged}`),
        )
        .sort(),
    }
  }

  /** expect gives what was seen and what should have been. */
  async expect(action: Action, world: World): Promise<{ seen: unknown; due: unknown }> {
    switch (action.do) {
      case 'unrestrict':
        return this.compare(this.unrestrict(action.account, action.file), world.perform(action))
      case 'cancel':
        return this.compare(this.cancel(action.account, action.file), world.perform(action))
      case 'next':
        return this.next(world, action.worker)
      case 'progress':
      case 'finish':
      case 'fail':
      case 'wait':
        return this.compare(this.step(world, action), world.perform(action))
      case 'pass':
        this.now += action.ms
        break
      case 'expire':
        for (const { state, links } of this.files) {
          if (state !== 'done') continue
          for (const [account, link] of links) if (link.expiresAt <= this.now) links.delete(account)
        }
        break
      case 'evict':
        for (const file of this.files) {
          const unused = file.doneAt <= this.now - FILE_TTL_MS && file.links.size === 0
          if (file.state === 'done' && unused) file.state = 'idle'
        }
        break
      case 'lost': {
        const file = this.file(action.file)
        // Only a download finds out, and for that there has to be a link.
        if (file.state !== 'done' || file.links.size === 0) return { seen: undefined, due: undefined }
        Object.assign(file, { state: 'pending', dueAt: this.now })
        break
      }
      case 'suspend':
      case 'resume':
        this.suspended[action.account] = action.do === 'suspend'
        break
      case 'grant':
        this.credit(action.account, action.bytes)
        break
      case 'cool':
        this.coolUntil[action.operator] = this.now + COOL_MS
        break
      case 'crash':
        break
    }
    await world.perform(action)
    return { seen: undefined, due: undefined }
  }

  private async compare(due: unknown, seen: Promise<unknown>): Promise<{ seen: unknown; due: unknown }> {
    return { seen: await seen, due }
  }

  private unrestrict(account: number, index: number): string {
    const file = this.file(index)
    const link = file.links.get(account)
    if (this.suspended[account]) return 'account_suspended'
    if (link && (link.expiresAt > this.now || file.state !== 'done')) return 'reused'
    const isOver = file.state === 'idle' || file.state === 'error'
    if (isOver && file.refusedUntil > this.now) return 'file_gone'
    const unfinished = this.files.filter(({ state, links }) => state !== 'done' && links.has(account)).length
    if (file.state !== 'done' && unfinished >= LIMITS.maxDownloads + MAX_QUEUED) return 'slots_full'
    if ((this.left[account] ?? 0) < file.size) return 'traffic_insufficient'
    this.credit(account, -file.size)
    file.links.set(account, { charged: file.size, expiresAt: this.now + LINK_TTL_MS })
    if (isOver) Object.assign(file, { state: 'pending', dueAt: this.now, refusedUntil: 0 })
    return 'linked'
  }

  private cancel(account: number, index: number): string {
    const file = this.file(index)
    const link = file.links.get(account)
    if (!link) return 'unknown'
    file.links.delete(account)
    if (file.state === 'done') return 'ended'
    this.credit(account, link.charged)
    if (file.links.size === 0) Object.assign(file, { state: 'idle', slot: undefined })
    return 'cancelled'
  }

  /** Which of several files is next is the schedule's affair; that it may be, and that none is left idle, is ours. */
  private async next(world: World, worker: number): Promise<{ seen: unknown; due: unknown }> {
    const runnable = this.files.flatMap((file, index) =>
      this.waits(file)
        ? [...file.links.keys()].filter((each) => this.hasSlot(each)).map((each) => `${each}→${index}`)
        : [],
    )
    const given = await world.next(worker)
    if (!given) {
      const idle = runnable.length > 0 && (await world.freeOperators()) > 0
      return { seen: idle ? `none of ${runnable.join(', ')}` : 'none', due: 'none' }
    }
    const file = this.file(given.file)
    const turn = `${given.slot}→${given.file}`
    const refused = this.coolUntil.every((until) => until > this.now)
    const claim = file.claim + 1
    Object.assign(file, {
      state: 'downloading',
      leaseUntil: this.now + FILE_LEASE_MS,
      slot: given.slot,
      claim,
    })
    return {
      seen: [turn, given.claim, given.refused, given.lease === undefined],
      due: [runnable.includes(turn) ? turn : runnable, claim, refused, refused],
    }
  }

  private waits(file: ModelFile): boolean {
    if (file.state === 'pending') return file.dueAt <= this.now
    return file.state === 'downloading' && file.leaseUntil <= this.now
  }

  private hasSlot(account: number): boolean {
    const running = this.files.filter(
      ({ state, slot, leaseUntil }) => state === 'downloading' && slot === account && leaseUntil > this.now,
    )
    return running.length < LIMITS.maxDownloads
  }

  /** False: the worker does not hold the file any more, and changes nothing. */
  private step(
    world: World,
    action: Extract<Action, { do: 'progress' | 'finish' | 'fail' | 'wait' }>,
  ): boolean {
    const hold = world.held(action.worker)
    if (!hold) return false
    const file = this.file(hold.file)
    if (file.state !== 'downloading' || file.claim !== hold.claim) return false
    switch (action.do) {
      case 'progress':
        if (file.leaseUntil <= this.now) return false
        file.leaseUntil = this.now + FILE_LEASE_MS
        return true
      case 'finish':
        Object.assign(file, { state: 'done', size: world.sizeAt(action), doneAt: this.now, slot: undefined })
        file.refusedUntil = 0
        for (const [account, link] of file.links) this.settle(account, link, file)
        return true
      case 'fail':
        Object.assign(file, { state: 'error', refusedUntil: this.now + MEMORY_MS, slot: undefined })
        for (const [account, link] of file.links) this.credit(account, link.charged)
        file.links.clear()
        return true
      case 'wait':
        Object.assign(file, { state: 'pending', dueAt: this.now + action.ms, slot: undefined })
        return true
    }
  }

  /** To the size that the file has; a link whose account has not so much traffic ends. */
  private settle(account: number, link: ModelLink, { size, links }: ModelFile): void {
    const isPayable = size - link.charged <= (this.left[account] ?? 0)
    this.credit(account, isPayable ? link.charged - size : link.charged)
    if (isPayable) link.charged = size
    else links.delete(account)
  }

  private credit(account: number, bytes: number): void {
    this.left[account] = (this.left[account] ?? 0) + bytes
  }

  private file(index: number): ModelFile {
    const file = this.files[index]
    if (!file) throw new RangeError(`there is no file ${index}`)
    return file
  }
}
