import { randomInt } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { KeyScope } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { DeviceGrant } from './device-grant.table.js'
import { newToken, tokenHash } from './token.js'

/** How long a code is good for, ms. */
export const DEVICE_GRANT_MS = 10 * 60_000
/** How often a client may ask at first, and what is added after each time it came too early, s. */
export const DEVICE_POLL_SECONDS = 5
/** RFC 8628 §6.1: without vowels no word comes about, and no two of these are taken for one another. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
/** 20^8, 34 bits, of which a guess hits one of those under way. */
const LENGTH = 8
/** Of a User-Agent, characters. */
const MAX_CLIENT = 300

export type DeviceAsking = Pick<DeviceGrant, 'name' | 'client' | 'address'>

/** What came of a poll. `slow_down`: it came before its time. */
export type DevicePoll =
  | { outcome: 'pending'; intervalSeconds: number }
  | { outcome: 'slow_down'; intervalSeconds: number }
  | { outcome: 'denied' }
  | { outcome: 'unknown' }
  | { outcome: 'allowed'; accountId: string; keyName: string; scopes: KeyScope[] }

interface Row extends Pick<DeviceGrant, 'state' | 'accountId' | 'keyName' | 'scopes' | 'intervalSeconds'> {
  early: boolean
}

/** Clients without a browser that ask for a key (RFC 8628), and what people answer them. */
@Injectable()
export class DeviceGrants {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The codes are in this answer and nowhere else. */
  async begin({ client, ...asking }: DeviceAsking): Promise<{ deviceCode: string; userCode: string }> {
    const [deviceCode, userCode, now] = [newToken(), newUserCode(), this.clock.now()]
    await this.database.manager.insert(DeviceGrant, {
      ...{ ...asking, client: client?.slice(0, MAX_CLIENT) ?? null, intervalSeconds: DEVICE_POLL_SECONDS },
      ...{ hash: tokenHash(deviceCode), userHash: hashOf(userCode) },
      ...{ createdAt: new Date(now), expiresAt: new Date(now + DEVICE_GRANT_MS) },
    })
    return { deviceCode, userCode }
  }

  /** Who waits for an answer under a code; undefined where nobody does, or does not any more. */
  async find(userCode: string): Promise<DeviceGrant | undefined> {
    const found = await this.database.manager.findOneBy(DeviceGrant, {
      userHash: hashOf(userCode),
      state: 'pending',
    })
    return found !== null && found.expiresAt.getTime() > this.clock.now() ? found : undefined
  }

  /** Lets the client have a key of this account. Whether one waited: whoever answers first has decided. */
  allow(userCode: string, accountId: string, key: { name: string; scopes: KeyScope[] }): Promise<boolean> {
    return this.decide(userCode, { state: 'allowed', accountId, keyName: key.name, scopes: key.scopes })
  }

  /** As `allow`. */
  deny(userCode: string, accountId: string): Promise<boolean> {
    return this.decide(userCode, { state: 'denied', accountId, keyName: null, scopes: null })
  }

  private async decide(
    userCode: string,
    { state, accountId, keyName, scopes }: Pick<DeviceGrant, 'state' | 'accountId' | 'keyName' | 'scopes'>,
  ): Promise<boolean> {
    const [, count] = await this.database.query<[unknown, number]>(
      `UPDATE device_grant SET state = $3, account_id = $4, key_name = $5, scopes = $6
        WHERE user_hash = $1 AND state = 'pending' AND expires_at > $2`,
      [hashOf(userCode), dateOf(this.clock), state, accountId, keyName, scopes],
    )
    return count === 1
  }

  /** What has become of it. Whoever comes before `intervalSeconds` are over waits longer from then on. */
  async poll(deviceCode: string): Promise<DevicePoll> {
    const [[row]] = await this.database.query<[Row[], number]>(
      `UPDATE device_grant g
          SET polled_at = $2,
              interval_seconds = g.interval_seconds + CASE WHEN old.early THEN $3::int ELSE 0 END
         FROM (SELECT hash, coalesce($2 < polled_at + make_interval(secs => interval_seconds), false) AS early
                 FROM device_grant WHERE hash = $1 AND expires_at > $2 FOR UPDATE) AS old
        WHERE g.hash = old.hash
       RETURNING old.early, g.state, g.account_id AS "accountId", g.key_name AS "keyName", g.scopes,
                 g.interval_seconds AS "intervalSeconds"`,
      [tokenHash(deviceCode), dateOf(this.clock), DEVICE_POLL_SECONDS],
    )
    if (row === undefined) return { outcome: 'unknown' }
    const { early, state, accountId, keyName, scopes, intervalSeconds } = row
    if (early) return { outcome: 'slow_down', intervalSeconds }
    if (state === 'pending') return { outcome: 'pending', intervalSeconds }
    if (state === 'denied' || accountId === null || keyName === null || scopes === null)
      return { outcome: 'denied' }
    return { outcome: 'allowed', accountId, keyName, scopes }
  }

  /** Uses a device code up. Whether this is the first to do so. */
  async take(deviceCode: string, tx: EntityManager): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `DELETE FROM device_grant WHERE hash = $1 AND state = 'allowed' AND expires_at > $2`,
      [tokenHash(deviceCode), dateOf(this.clock)],
    )
    return count === 1
  }

  async forgetOld(): Promise<void> {
    await this.database.query('DELETE FROM device_grant WHERE expires_at <= $1', [dateOf(this.clock)])
  }
}

/** As people read it: two groups of four. */
function newUserCode(): string {
  const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)])
  return `${letters.slice(0, LENGTH / 2).join('')}-${letters.slice(LENGTH / 2).join('')}`
}

/** However it was typed: whatever the case, with or without hyphens. */
const hashOf = (userCode: string): Buffer => tokenHash(userCode.replaceAll(/[\s-]/g, '').toUpperCase())
