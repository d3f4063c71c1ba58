import { randomBytes } from 'node:crypto'
import { Injectable, type OnModuleInit } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { Semaphore } from '@obb/core/semaphore'
import { argon2id, verifyArgon2id } from './argon2id.js'

/** Argon2id with 19 MiB for each; OWASP's first choice for servers. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
/** How many are computed at once, on as many threads; the others of the process have files and names to look after. */
const AT_ONCE = 2
/** How many may wait for that. */
const MAX_WAITING = 30
const PATIENCE_MS = 10_000
const RETRY_S = 5

/**
 * Passwords as they are kept. Whether an account is there makes no difference to how long its password takes. Raises
 * Refusal `rate_limited` while too many are being looked at.
 */
@Injectable()
export class Passwords implements OnModuleInit {
  private readonly places = new Semaphore(AT_ONCE)
  /** Of no password, for accounts that have none. */
  private nobodys: string

  async onModuleInit(): Promise<void> {
    this.nobodys = await argon2id(randomBytes(32).toString('base64'), COST)
  }

  hash(password: string): Promise<string> {
    return this.inTurn(() => argon2id(password.normalize('NFC'), COST))
  }

  /** `kept`: what `hash` gave; without, the same is computed for nothing, and the answer is false. */
  async matches(kept: string | null | undefined, password: string): Promise<boolean> {
    const isSame = await this.inTurn(() => verifyArgon2id(kept ?? this.nobodys, password.normalize('NFC')))
    return isSame && typeof kept === 'string'
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.places.waiting >= MAX_WAITING) throw new Refusal('rate_limited', { retryInSeconds: RETRY_S })
    return this.places.with(AbortSignal.timeout(PATIENCE_MS), work).catch((error: unknown) => {
      if ((error as Error).name !== 'TimeoutError') throw error
      throw new Refusal('rate_limited', { retryInSeconds: RETRY_S })
    })
  }
}
