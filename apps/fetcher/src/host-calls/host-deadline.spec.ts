import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { HostSession } from '@obb/host-adapters'
import { HostDeadline } from './host-deadline.js'

const forever = <T>(): Promise<T> => new Promise<T>(() => undefined)

describe('the time that a host has for a call', () => {
  let deadline: HostDeadline
  beforeEach(() => {
    jest.useFakeTimers()
    deadline = new HostDeadline(1000)
  })
  afterEach(() => {
    deadline.end()
    jest.useRealTimers()
  })

  it('runs out while the host is silent: HOST_TEMP', () => {
    jest.advanceTimersByTime(999)
    expect(deadline.signal.aborted).toBe(false)
    jest.advanceTimersByTime(1)
    expect(deadline.signal.reason).toMatchObject({ kind: 'HOST_TEMP' })
  })

  it('does not run at a gate of our own, however long, and goes on behind it', async () => {
    let open = (): void => undefined
    const gate = deadline.gate({ turn: () => new Promise((resolve) => (open = resolve)) })
    jest.advanceTimersByTime(600)
    const through = gate.turn(undefined, 'https://h.test/')
    jest.advanceTimersByTime(3_600_000)
    expect(deadline.signal.aborted).toBe(false)
    open()
    await through
    jest.advanceTimersByTime(399)
    expect(deadline.signal.aborted).toBe(false)
    jest.advanceTimersByTime(1)
    expect(deadline.signal.aborted).toBe(true)
  })

  it('does not run while another logs in, but while this call does', async () => {
    const others = deadline.sessions({ obtain: () => forever<HostSession>(), exclusive: () => forever() })
    void others.obtain(forever)
    void others.exclusive(forever)
    jest.advanceTimersByTime(3_600_000)
    expect(deadline.signal.aborted).toBe(false)
    deadline.end()

    deadline = new HostDeadline(1000)
    const own = deadline.sessions({ obtain: (login) => login(), exclusive: () => forever() })
    void own.obtain(forever)
    jest.advanceTimersByTime(1000)
    expect(deadline.signal.aborted).toBe(true)
  })

  it('is over with the call', () => {
    deadline.end()
    expect(jest.getTimerCount()).toBe(0)
  })
})
