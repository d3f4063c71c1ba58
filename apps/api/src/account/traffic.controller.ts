import { Get, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type DailyUsageQuery,
  type OwnLedgerAnswer,
  type OwnLedgerEntry,
  type OwnLedgerQuery,
  type UsageAnswer,
  dailyUsageQuerySchema,
  ownLedgerQuerySchema,
  ownLedgerSchema,
  usageSchema,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { type HistoryEntry, type HistoryKey, TrafficHistory } from '@obb/core/traffic'
import { z } from 'zod'
import { CurrentCaller, CurrentMeter, Limited } from '../callers/caller.guard.js'
import { keyFilterRefusal, withoutKey } from '../callers/keys-untold.js'
import { LINKS_PER_TOKEN, type Meter } from '../callers/rate-limits.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ExternalApi } from '../http/external-api.js'
import { cursorOf, keyIn } from '../http/pages.js'

/** Tokens for the use of many days: every charge in them is looked at. */
const USAGE_TOKENS = 5
const KEY = z.tuple([z.string().regex(/^\d{1,18}$/), z.string().regex(/^-?\d{1,16}$/)])

/** Where the traffic of a caller went. */
@ExternalApi()
export class TrafficController {
  constructor(private readonly history: TrafficHistory) {}

  @Get('usage')
  @Limited('general', USAGE_TOKENS)
  @ApiOperation({
    operationId: 'External_usage',
    summary: 'What you used, by day and platform',
    description:
      'Of links alone: without grants and corrections, and without months that are summed up by now.',
  })
  @ApiAnswer(usageSchema)
  async usage(
    @CurrentCaller() { accountId }: Caller,
    @Query({ schema: dailyUsageQuerySchema }) { days, timeZone }: DailyUsageQuery,
  ): Promise<UsageAnswer> {
    return { days: await this.history.byDay(accountId, days, timeZone) }
  }

  @Get('ledger')
  @ApiOperation({
    operationId: 'External_ledger',
    summary: 'Every movement of your traffic, the newest first',
    description:
      'In pages: ask on with `next` as `after` until it is null. With a filter a page may have fewer entries than ' +
      'asked for, or none, and be followed by others.',
  })
  @ApiAnswer(ownLedgerSchema)
  async ledger(
    @CurrentCaller() { accountId, key }: Caller,
    @CurrentMeter() meter: Meter,
    @Query({ schema: ownLedgerQuerySchema }) { after, limit, since, ...filter }: OwnLedgerQuery,
  ): Promise<OwnLedgerAnswer> {
    if (key && filter.key !== undefined) throw keyFilterRefusal()
    meter.take(Math.floor((limit - 1) / LINKS_PER_TOKEN)) // beside the request's own
    const begin = keyIn(after, KEY) as HistoryKey | undefined
    const { entries, next } = await this.history.entries(accountId, limit, begin, {
      ...filter,
      since: since === undefined ? undefined : new Date(since),
    })
    const items = entries.map(entryView).map((entry) => (key ? withoutKey(entry) : entry))
    return { items, next: next ? cursorOf(next) : null }
  }
}

export function entryView({ createdAt, kind, bytes, balance, ...entry }: HistoryEntry): OwnLedgerEntry {
  const { platform, fileName, linkId, keyId, keyName, chargedAt, linkCost, note } = entry
  return {
    ...{ at: createdAt.toISOString(), kind, amount: bytes, balance },
    ...(platform === null ? {} : { platform }),
    ...(fileName === null ? {} : { fileName }),
    ...(linkId === null ? {} : { linkId }),
    ...(keyId === null ? {} : { keyId }),
    ...(keyName === null ? {} : { key: keyName }),
    ...(chargedAt === null ? {} : { chargedAt: chargedAt.toISOString() }),
    ...(linkCost === null ? {} : { linkCost }),
    ...(note === null ? {} : { note }),
  }
}
