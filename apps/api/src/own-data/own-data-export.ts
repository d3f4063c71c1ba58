import { Injectable } from '@nestjs/common'
import { MAX_USAGE_DAYS, type OwnData, downloadName } from '@obb/contracts'
import { Accounts, ApiKeys } from '@obb/core/accounts'
import { Clock, dateOf } from '@obb/core/clock'
import {
  type LinkKey,
  LinkList,
  type ListedLinkView,
  type ShareView,
  Shares,
  linkState,
} from '@obb/core/links'
import { LinkedIdentities, Passkeys, Sessions, SignIns, type SignedIn } from '@obb/core/sign-in'
import { type HistoryKey, KeyUsage, TrafficHistory } from '@obb/core/traffic'
import { usedByKeyView } from '../account/key-usage.controller.js'
import { entryView } from '../account/traffic.controller.js'
import { keyView } from '../keys/key-view.js'
import { NotificationPreferences } from '../notifications/notification-preferences.js'
import { passkeyView, sessionViews } from '../sign-in/views.js'
import { jsonText } from './json-text.js'

/** Links, and entries of the ledger, that are read by one statement. */
const PAGE = 200
/** Of the id of a link, characters: all of it is as good as the file. */
const ID_SHOWN = 8

type Exported<Name extends 'ledger' | 'links'> = OwnData[Name][number]
type Bounded = Omit<OwnData, 'ledger' | 'links'>

/** All that is known of somebody. */
@Injectable()
export class OwnDataExport {
  constructor(
    private readonly accounts: Accounts,
    private readonly signIns: SignIns,
    private readonly keys: ApiKeys,
    private readonly sessions: Sessions,
    private readonly passkeys: Passkeys,
    private readonly identities: LinkedIdentities,
    private readonly notifications: NotificationPreferences,
    private readonly linkList: LinkList,
    private readonly shares: Shares,
    private readonly history: TrafficHistory,
    private readonly keyUsage: KeyUsage,
    private readonly clock: Clock,
  ) {}

  /**
   * An OwnData as JSON, in parts. What grows with the years is read a page at a time, as fast as the parts are taken;
   * no statement and no transaction is open meanwhile, so the end may be some seconds younger than the beginning.
   */
  async text(signedIn: SignedIn): Promise<AsyncGenerator<string>> {
    const { accountId } = signedIn.caller
    return jsonText(await this.bounded(signedIn), {
      links: this.links(accountId),
      ledger: this.ledger(accountId),
    })
  }

  private async bounded({ caller: { accountId }, email, role, sessionId }: SignedIn): Promise<Bounded> {
    const [account, { language, totp }, keys, sessions, passkeys, identities, told, used] = await Promise.all(
      [
        this.accounts.user(email),
        this.signIns.profile(accountId),
        this.keys.list(accountId),
        this.sessions.list(accountId),
        this.passkeys.list(accountId),
        this.identities.list(accountId),
        this.notifications.view(accountId),
        this.keyUsage.byKey(accountId, MAX_USAGE_DAYS),
      ],
    )
    const { state, createdAt, expiresAt, trafficLeft, trafficMax, dailyPerHost, hostCaps } = account
    return {
      exportedAt: dateOf(this.clock).toISOString(),
      profile: {
        ...{ id: accountId, email, role, state, language, totp },
        ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null },
        ...{ trafficLeft, trafficMax, dailyPerHost, hostCaps },
      },
      keys: keys.map(keyView),
      keyUsage: used.map(usedByKeyView),
      sessions: sessionViews(sessions, sessionId),
      passkeys: passkeys.map(passkeyView),
      identities: identities.map(({ issuer, subject, email: known, linkedAt }) => ({
        ...{ issuer, subject, email: known, linkedAt: linkedAt.toISOString() },
      })),
      notifications: { events: told.events, webhook: told.webhook, hosts: told.hosts, quiet: told.quiet },
    }
  }

  private async *links(accountId: string): AsyncGenerator<Exported<'links'>[]> {
    let after: LinkKey | undefined
    do {
      const { links, next } = await this.linkList.page(accountId, {}, PAGE, after)
      const shares = await this.shares.ofLinks(
        accountId,
        links.map(({ id }) => id),
      )
      const now = this.clock.now()
      yield links.map((link) => linkOf(link, shares, now))
      after = next
    } while (after !== undefined)
  }

  private async *ledger(accountId: string): AsyncGenerator<Exported<'ledger'>[]> {
    let after: HistoryKey | undefined
    do {
      const { entries, next } = await this.history.entries(accountId, PAGE, after)
      yield entries.map(entryView).map(({ linkId, ...entry }) => ({
        ...entry,
        ...(linkId === undefined ? {} : { link: linkId.slice(0, ID_SHOWN) }),
      }))
      after = next
    } while (after !== undefined)
  }
}

/** `shares`: its own, and those of other links. */
function linkOf(link: ListedLinkView, shares: readonly ShareView[], now: number): Exported<'links'> {
  const { id, name, size, platform, hostDomain, createdAt, expiresAt, endedAt } = link
  return {
    ...{ link: id.slice(0, ID_SHOWN), fileName: downloadName(name), size, platform, hostDomain },
    ...{ package: link.package, key: link.keyName, state: linkState(link, now) },
    ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
    endedAt: endedAt?.toISOString() ?? null,
    shares: shares
      .filter(({ linkId }) => linkId === id)
      .map((share) => ({
        ...{ createdAt: share.createdAt.toISOString(), expiresAt: share.expiresAt.toISOString() },
        ...{ downloads: share.downloads, maxDownloads: share.maxDownloads },
      })),
  }
}
