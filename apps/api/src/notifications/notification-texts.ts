import type { Language, NotificationEvent } from '@obb/contracts'

type NotificationTexts = Readonly<Record<NotificationEvent, (name: string, reason: string) => string>> & {
  /** Of a mail with several. */
  subject: (count: number, server: string) => string
  /** The same where operators alone are told of all of it. */
  findings: (count: number, server: string) => string
  hello: string
  link: string
  overview: string
  /** Why the mail came. */
  why: (server: string) => string
}

/** What mails tell of events, in each language. `name`: of a file or a platform, or what is found. */
export const NOTIFICATION_TEXTS: Readonly<Record<Language, NotificationTexts>> = {
  en: {
    link_finished: (name) => `Ready to download: ${name}`,
    link_failed: (name, reason) => `Failed: ${name}${reason === '' ? '' : `. ${reason}`}`,
    host_works_again: (name) => `${name} works again`,
    attention_needed: (name) => `Needs you: ${name}`,
    subject: (count, server) => `${count} notifications from ${server}`,
    findings: (count, server) => `${count} things need you at ${server}`,
    hello: 'Hello,',
    link: 'My files',
    overview: 'Overview',
    why: (server) =>
      `You chose to be told of this at ${server}: Profile, Notifications is where you choose otherwise.`,
  },
  'zh-TW': {
    link_finished: (name) => `可以下載：${name}`,
    link_failed: (name, reason) => `失敗：${name}${reason === '' ? '' : `。${reason}`}`,
    host_works_again: (name) => `${name} 已恢復正常`,
    attention_needed: (name) => `需要處理：${name}`,
    subject: (count, server) => `${server} 有 ${count} 則通知`,
    findings: (count, server) => `${server} 有 ${count} 件事需要處理`,
    hello: '您好：',
    link: '我的檔案',
    overview: '總覽',
    why: (server) => `這是您在 ${server} 選擇接收的通知；可到「個人設定」的「通知」變更。`,
  },
}
