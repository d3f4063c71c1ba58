import type { AccountTrouble, Finding, StoreStateWord } from '@obb/contracts'

/** What an operator is told of a finding: what is wrong, and what to do about it. */
export interface FindingText {
  title: string
  action: string
}

export type FindingOf<Kind extends Finding['kind']> = Extract<Finding, { kind: Kind }>
export type FindingTexts = Readonly<{ [Kind in Finding['kind']]: (finding: FindingOf<Kind>) => FindingText }>
export type TroubleTexts = Readonly<Record<AccountTrouble['kind'], (at: string) => FindingText>>
export type StoreTexts = Readonly<Record<Exclude<StoreStateWord, 'ok'>, FindingText>>

/** Of an ISO 8601 time, with its zone: a mail does not know that of its reader. */
export const timeOf = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`

const whenOf = (trouble: AccountTrouble): string => {
  if ('at' in trouble) return timeOf(trouble.at)
  return 'until' in trouble ? timeOf(trouble.until) : ''
}

/** Of an account: the texts of its trouble behind its name. */
export function accountText(
  texts: TroubleTexts,
  { account, trouble }: FindingOf<'account'>,
  colon: string,
): FindingText {
  const { title, action } = texts[trouble.kind](whenOf(trouble))
  return { title: `${account}${colon}${title}`, action }
}

const RENEW = 'Renew it at the host, then check it.'
const TROUBLES: TroubleTexts = {
  off: () => ({
    title: 'switched off, because the host refused it',
    action: 'Cure what the host says, replace the credentials if they are wrong, then switch it on.',
  }),
  ended: (at) => ({ title: `ended on ${at}`, action: RENEW }),
  not_premium: () => ({ title: 'is not premium', action: RENEW }),
  ending: (at) => ({ title: `ends on ${at}`, action: RENEW }),
  no_traffic: () => ({
    title: 'has no traffic left at the host',
    action: 'Wait until the host gives new traffic, or add another account.',
  }),
  resting: (until) => ({ title: `rests until ${until}`, action: 'It goes on by itself.' }),
}
const STORE: StoreTexts = {
  full: {
    title: 'The store is full',
    action: 'Fetches pause and go on by themselves once there is room: remove files, or give the store more.',
  },
  away: {
    title: 'The store cannot be used',
    action: 'Look whether the disk is mounted, or the object storage answers. It is tried again by itself.',
  },
  wrong: {
    title: 'This is not the store of this installation',
    action: 'Point the settings at the right store; adopt this one only if it is meant.',
  },
}
const counted = (count: number, one: string, other: string) => `${count} ${count === 1 ? one : other}`

/** What operators are told of findings in English. */
export const FINDING_TEXTS: FindingTexts = {
  check: ({ check }) =>
    check === 'fetchers'
      ? {
          title: 'Nobody fetches files',
          action: 'Links wait until a fetcher runs. Start one, or look into its log.',
        }
      : { title: `The check "${check}" fails`, action: './obb doctor says more.' },
  store: ({ state }) => STORE[state],
  store_filling: ({ at }) => ({
    title: `The store will be full at about ${timeOf(at)}`,
    action:
      'So it is if it goes on growing as of late. Remove files, give it more room, or set STORAGE_QUOTA: then files read least recently go.',
  }),
  secrets_unreadable: ({ count }) => ({
    title: counted(count, 'sealed value cannot be opened', 'sealed values cannot be opened'),
    action:
      'Set SECRETS_KEY to the key that sealed them, or add that key to SECRETS_KEYS_OLD; else replace the credentials.',
  }),
  secrets_older: ({ count }) => ({
    title: counted(count, 'value is sealed with an older key', 'values are sealed with an older key'),
    action: 'Seal them anew under Settings, so that the older key is no longer needed.',
  }),
  backup: ({ trouble, madeAt }) => {
    const newest = madeAt === null ? 'None is there' : `The newest one is of ${timeOf(madeAt)}`
    return trouble === 'failed'
      ? {
          title: 'The nightly backup failed',
          action: `${newest}. It is tried again every hour: see that BACKUP_DIR has room and may be written.`,
        }
      : {
          title: 'The last nightly backup is old',
          action: `${newest}. See that what makes them runs: npm start, or the service backup of compose.`,
        }
  },
  mail: () => ({
    title: 'Mails do not go',
    action: 'They are tried again by themselves, for a day. A test mail tells what the mail server says.',
  }),
  webhook: ({ email }) => ({
    title: `The webhook of ${email} fails`,
    action: 'What it would tell is given up after a day. Its user can try and change it in the profile.',
  }),
  account: (finding) => accountText(TROUBLES, finding, ': '),
  no_account: () => ({
    title: 'There is no host account yet',
    action: 'Most hosts give files at full speed to an account only. Add the first one.',
  }),
  no_usable_account: () => ({
    title: 'No host account can be used',
    action:
      'Links to hosts that need one are not fetched. Cure what is said of each and switch it on, or add another.',
  }),
  host: ({ platform }) => ({
    title: `${platform} does not work`,
    action: 'It is tried again by itself. If it stays so, look whether its addresses have changed.',
  }),
  canary: ({ platform }) => ({
    title: `The canary of ${platform} is gone`,
    action: 'Look whether its file is still there; if it is, the host has changed.',
  }),
  traffic: ({ platform, at }) => ({
    title: `The traffic at ${platform} will be used up at about ${timeOf(at)}`,
    action: 'So it is if it goes on being used as of late. Add an account, or buy traffic at the host.',
  }),
  attempts: ({ count, addresses }) => ({
    title: `${count} attempts to get in failed in 24 hours, from ${counted(addresses, 'address', 'addresses')}`,
    action: 'Somebody may guess keys or passwords. They are slowed down already; look where they come from.',
  }),
}
