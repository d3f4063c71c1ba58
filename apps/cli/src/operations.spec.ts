import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { EXAMPLES } from './examples.js'

/** The command by which an operation is at hand, or `none:` and why there is none. */
const COMMAND_OF: Readonly<Record<string, string>> = {
  External_account: 'account',
  External_usage: 'usage',
  External_ledger: 'ledger',
  External_hostRows: 'none: a row per hostname is for download managers; `hosts` has them by platform',
  External_hostGroups: 'hosts',
  External_hostHistory: 'hosts history',
  External_create: 'get',
  External_createBatch: 'get',
  External_links: 'links',
  External_link: 'get',
  External_cancel: 'links cancel',
  External_events: 'none: a stream is for programs that watch; `links` tells as much when it is asked',
  Share_add: 'share add',
  Share_list: 'share list',
  Share_remove: 'share remove',
  StatusPage_show: 'status show',
  StatusPage_change: 'status publish',
  External_deviceCode: 'account login',
  External_deviceToken: 'account login',
  Inquiry_explain: 'explain',
  Inquiry_check: 'check',
  Inquiry_expand: 'expand',
  Nzb_upload: 'nzb',
  UserKeys_list: 'key list',
  UserKeys_add: 'key add',
  UserKeys_set: 'key set',
  UserKeys_remove: 'key remove',
  UserKeys_rotate: 'key rotate',
  Users_add: 'user add',
  Users_list: 'user list',
  Users_set: 'user set',
  Users_remove: 'user remove',
  Users_listLinks: 'user links',
  Users_usage: 'user usage',
  Users_suspend: 'user suspend',
  Users_resume: 'user resume',
  Users_grant: 'user grant',
  Users_adjust: 'user adjust',
  Users_rotate: 'key rotate',
  Users_setKey: 'key set',
  Users_ledger: 'ledger',
  Users_check: 'ledger check',
  UserSignIn_reset: 'user reset',
  UserSignIn_signOut: 'user sign-out',
  Invitations_add: 'invite add',
  Invitations_list: 'invite list',
  Invitations_remove: 'invite remove',
  HostAccounts_add: 'account add',
  HostAccounts_list: 'account list',
  HostAccounts_set: 'account set',
  HostAccounts_remove: 'account remove',
  HostAccounts_enable: 'account enable',
  HostAccounts_disable: 'account disable',
  HostAccounts_check: 'account check',
  Hosts_list: 'host list',
  Hosts_show: 'host show',
  Hosts_update: 'host set',
  Hosts_tryNow: 'host try',
  Hosts_unknownWords: 'host words',
  Files_list: 'file list',
  Files_sweep: 'file sweep',
  Files_sweepById: 'file sweep',
  Files_update: 'file pin',
  Files_remove: 'file remove',
  Blocks_add: 'block add',
  Blocks_list: 'block list',
  Blocks_remove: 'block remove',
  Secrets_reseal: 'secrets reseal',
  Store_show: 'store show',
  Store_adopt: 'store adopt',
  Store_test: 'store test',
  SetUpSteps_show:
    'none: which steps of the portal’s guided set-up are left is for that alone; each step has a command',
  SetUpSteps_set: 'none: the same',
  Queue_list: 'queue',
  Queue_listFetchers: 'fetchers',
  Streams_list: 'streams',
  Audit_list: 'audit',
  UserNotifications_show: 'notifications list',
  UserNotifications_set: 'notifications set',
  UserNotifications_test: 'notifications test',
  Mail_test: 'mail test',
  Doctor_show: 'doctor',
  Settings_show: 'settings',
  Support_show: 'support',
  Health_health: 'doctor',
  Health_ready: 'doctor',
}

/** Commands that people look for, and why there is none: what they would do takes a session, not a key. */
const OF_THE_PORTAL_ALONE: Readonly<Record<string, string>> = {
  'account data':
    'a key is in the hands of programs: it tells them neither where its owner signs in from, nor what else acts for them',
  'usage keys': 'a key is told nothing of the other keys of its owner',
  'account delete': 'it is confirmed by password or passkey, which no command asks for',
  'user view': 'a look through a session of the portal, which has pages to look at',
}

const { paths } = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as { paths: Record<string, Record<string, { operationId: string }>> }
const operations = Object.values(paths).flatMap((methods) =>
  Object.values(methods).map(({ operationId }) => operationId),
)

describe('every operation of the APIs', () => {
  it('is at hand by a command, or says why it is not', () => {
    expect(Object.keys(COMMAND_OF).sort()).toEqual([...operations].sort())
  })

  it('is in the portal alone, with a reason, where a key must not be enough', () => {
    const doubled = Object.keys(OF_THE_PORTAL_ALONE).filter((command) => Object.hasOwn(EXAMPLES, command))
    expect(doubled).toEqual([])
  })

  it('names a command that there is', () => {
    const named = Object.values(COMMAND_OF).filter((command) => !command.startsWith('none: '))
    // Every command has examples, and no other: examples.spec.ts.
    expect(named.filter((command) => !Object.hasOwn(EXAMPLES, command))).toEqual([])
  })
})
