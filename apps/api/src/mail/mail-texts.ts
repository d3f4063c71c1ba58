import type { Language } from '@obb/contracts'
import type { Mail } from '@obb/core/mail'

/** `test`: the one by which an operator tries the settings. */
export type MailKind = Mail['kind'] | 'test'

interface MailTexts {
  subject: (server: string) => string
  /** Paragraphs before the link. */
  before: (server: string) => readonly string[]
  /** What the link is called; none where there is none. */
  link?: string
  /** Paragraphs after it. */
  after: readonly string[]
}

/** All mails, in each language. `server`: its name, as in the address of the portal. */
export const MAIL_TEXTS: Readonly<Record<Language, Readonly<Record<MailKind, MailTexts>>>> = {
  en: {
    invitation: {
      subject: (server) => `You are invited to ${server}`,
      before: (server) => [
        'Hello,',
        `you are invited to ${server}. It fetches files for you from file hosts, and you download them from there.`,
        'Make your account here:',
      ],
      link: 'Make my account',
      after: [
        'The link works once. If you did not expect this mail, do nothing: without the link no account is made.',
      ],
    },
    reset: {
      subject: (server) => `A new password for ${server}`,
      before: (server) => ['Hello,', `an operator of ${server} sends you a link to set a new password:`],
      link: 'Set a new password',
      after: [
        'The link works once, for a day. It signs you out everywhere else, and turns your second factor off.',
        'If you did not ask for it, tell the operator.',
      ],
    },
    asked_reset: {
      subject: (server) => `A new password for ${server}`,
      before: (server) => [
        'Hello,',
        `somebody has asked for a new password of your account at ${server}. If that was you, set it here:`,
      ],
      link: 'Set a new password',
      after: [
        'The link works once, for a day. It signs you out everywhere else; your second factor stays as it is.',
        'If it was not you, do nothing: your password stays the same.',
      ],
    },
    test: {
      subject: (server) => `Test mail from ${server}`,
      before: (server) => ['Hello,', `this is a test mail from ${server}. Mails arrive.`],
      after: [],
    },
  },
  'zh-TW': {
    invitation: {
      subject: (server) => `邀請您使用 ${server}`,
      before: (server) => [
        '您好：',
        `邀請您使用 ${server}。它會替您從各站點取得檔案，再由您下載。`,
        '請由此建立您的帳號：',
      ],
      link: '建立我的帳號',
      after: ['此連結只能使用一次。若您並未預期收到這封信，不必理會：不使用連結就不會建立帳號。'],
    },
    reset: {
      subject: (server) => `設定 ${server} 的新密碼`,
      before: (server) => ['您好：', `${server} 的管理員寄給您設定新密碼的連結：`],
      link: '設定新密碼',
      after: [
        '此連結只能使用一次，一天內有效。完成後，其他裝置將全部登出，兩步驟驗證也會關閉。',
        '若您並未提出要求，請告訴管理員。',
      ],
    },
    asked_reset: {
      subject: (server) => `設定 ${server} 的新密碼`,
      before: (server) => ['您好：', `有人要求為您在 ${server} 的帳號設定新密碼。若是您本人，請由此設定：`],
      link: '設定新密碼',
      after: [
        '此連結只能使用一次，一天內有效。完成後，其他裝置將全部登出；兩步驟驗證維持不變。',
        '若不是您本人，不必理會：密碼不會改變。',
      ],
    },
    test: {
      subject: (server) => `${server} 的測試郵件`,
      before: (server) => ['您好：', `這是 ${server} 的測試郵件，郵件可以正常送達。`],
      after: [],
    },
  },
}
