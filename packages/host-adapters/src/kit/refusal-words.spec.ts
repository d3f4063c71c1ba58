import { describe, expect, it } from '@jest/globals'
import type { RefusalRule } from './refusal-rule.js'
import { HTTP_REFUSALS, errorByRules, explainBy, wordsOf } from './refusal-rules.js'

const TABLE: readonly RefusalRule[] = [
  { text: ['no such file'], kind: 'FILE_GONE', message: 'gone' },
  { status: [403], kind: 'LINK_EXPIRED', message: 'link is no good' },
]
const said = (text: string, status = 403) =>
  errorByRules([...TABLE, ...HTTP_REFUSALS], 'Sample', { at: 'download', status, text, now: 0 })

describe('an account is refused for good', () => {
  const ACCOUNTS: readonly RefusalRule[] = [
    { text: ['moon is full'], kind: 'ACCOUNT_INVALID', message: 'account is closed' },
    { code: [72], kind: 'ACCOUNT_INVALID', message: 'account is banned' },
    { code: [402], kind: 'ACCOUNT_NOT_PREMIUM', message: 'not premium' },
    { status: [401], kind: 'ACCOUNT_INVALID', message: 'key is refused' },
  ]
  const refused = (text: string, status: number, code?: number) =>
    errorByRules(ACCOUNTS, 'Sample', { at: 'login', status, code, text, now: 0 })

  it.each([
    ["the platform's own words", refused('The moon is full', 403), false],
    ["the platform's own code", refused('Moon', 200, 72), false],
    ['its status, and words that all hosts share', refused('Wrong password', 401), false],
    ['its status alone', refused('', 401), true],
    ['its status, and words that nobody knows', refused('The moon is half', 401), true],
    ['a code that is a status, and words that nobody knows', refused('The moon is half', 200, 402), true],
    ['words that all hosts share, and no status of the table', refused('Wrong password', 403), true],
  ])('by %s', (_what, error, presumed) => {
    expect(error).toMatchObject({ presumed })
    expect(['ACCOUNT_INVALID', 'ACCOUNT_NOT_PREMIUM']).toContain(error?.kind)
  })
})

describe('words that all hosts share', () => {
  it.each([
    ['No premium traffic left', 'ACCOUNT_QUOTA'],
    ['Insufficient credits', 'ACCOUNT_QUOTA'],
    ['Your subscription has ended, please renew', 'ACCOUNT_NOT_PREMIUM'],
    ['Your membership is over', 'ACCOUNT_NOT_PREMIUM'],
    ['This API key has expired', 'ACCOUNT_INVALID'],
    ['Please confirm your e-mail address first', 'ACCOUNT_NEEDS_HUMAN'],
    ['You must accept the new Terms of Service', 'ACCOUNT_NEEDS_HUMAN'],
    ['Unusual activity was detected', 'ACCOUNT_NEEDS_HUMAN'],
    ['Unusual activity: blocked for 30 minutes', 'ACCOUNT_RATE'],
    ['Premium membership: daily limit reached', 'ACCOUNT_QUOTA'],
  ])('%j', (text, kind) => {
    const answer = { at: 'file', status: 200, text, now: 0 }
    expect(errorByRules(HTTP_REFUSALS, 'Sample', answer)?.kind).toBe(kind)
  })
})

/** By place: what hosts and news servers say, and what a client should understand. */
const SAYINGS: Readonly<Record<string, readonly (readonly [text: string, kind: string])[]>> = {
  login: [
    ['Too many login attempts. Please wait 15 minutes before trying again.', 'ACCOUNT_RATE'],
    ['You have been temporarily locked out due to multiple failed attempts', 'ACCOUNT_RATE'],
    ['Your account has been locked for 24 hours due to excessive sharing', 'ACCOUNT_RATE'],
    ['Account sharing detected. Account blocked until 2026-12-01', 'ACCOUNT_RATE'],
    ['Your account is suspended until tomorrow', 'ACCOUNT_RATE'],
    ['Your account is suspended until further notice', 'ACCOUNT_INVALID'],
    ['You have too many connections from too many hosts', 'ACCOUNT_BUSY'],
    ['only 2 hosts allowed', 'ACCOUNT_BUSY'],
    ['Your account is already using 10 of 10 connections', 'ACCOUNT_BUSY'],
    ['Multi-IP login prohibited', 'ACCOUNT_BUSY'],
    ['Your prepaid block is empty', 'ACCOUNT_QUOTA'],
    ['No more bytes on your account', 'ACCOUNT_QUOTA'],
    ['Server is shutting down', 'HOST_TEMP'],
    ['Idle timeout, closing', 'HOST_TEMP'],
    ['Access from your country is not allowed', 'EGRESS_BLOCKED'],
    ['Access from VPN is prohibited', 'EGRESS_BLOCKED'],
    ['Logins from hosting providers are not permitted', 'EGRESS_BLOCKED'],
    ['Server IP detected. Please use a residential IP', 'EGRESS_BLOCKED'],
    ['Email not verified', 'ACCOUNT_NEEDS_HUMAN'],
    ['Please solve the captcha', 'ACCOUNT_NEEDS_HUMAN'],
    ['Please change your password', 'ACCOUNT_NEEDS_HUMAN'],
    ['Password reset required', 'ACCOUNT_NEEDS_HUMAN'],
    ['Enter the code we sent to your email', 'ACCOUNT_NEEDS_HUMAN'],
    ['New device. Confirm login by email', 'ACCOUNT_NEEDS_HUMAN'],
    ['OTP required', 'ACCOUNT_NEEDS_HUMAN'],
    ['User not found', 'ACCOUNT_INVALID'],
    ['No user with this email', 'ACCOUNT_INVALID'],
    ['Your account has been deactivated', 'ACCOUNT_INVALID'],
    ['Free users cannot use the API', 'ACCOUNT_NOT_PREMIUM'],
    ['Trial expired', 'ACCOUNT_NOT_PREMIUM'],
    ['Zu viele gleichzeitige Verbindungen von verschiedenen IP-Adressen', 'ACCOUNT_BUSY'],
    ['Zu viele Fehlversuche. Bitte warten Sie 10 Minuten.', 'ACCOUNT_RATE'],
    ['Ihr Account wurde vorübergehend gesperrt', 'ACCOUNT_RATE'],
    ['Ihr Konto ist gesperrt', 'ACCOUNT_INVALID'],
    ['Benutzername oder Passwort falsch', 'ACCOUNT_INVALID'],
    ['Ungültige Zugangsdaten', 'ACCOUNT_INVALID'],
    ['Ihr Premium-Account ist abgelaufen', 'ACCOUNT_NOT_PREMIUM'],
    ['Trop de connexions simultanées', 'ACCOUNT_BUSY'],
    ['Trop de tentatives, veuillez patienter', 'ACCOUNT_RATE'],
    ['Votre adresse IP est bloquée', 'EGRESS_BLOCKED'],
    ['Identifiants incorrects', 'ACCOUNT_INVALID'],
    ['Mot de passe incorrect', 'ACCOUNT_INVALID'],
    ['Votre abonnement a expiré', 'ACCOUNT_NOT_PREMIUM'],
    ['Demasiadas conexiones', 'ACCOUNT_BUSY'],
    ['Слишком много подключений', 'ACCOUNT_BUSY'],
    ['Слишком много попыток входа. Попробуйте позже.', 'ACCOUNT_RATE'],
    ['Аккаунт временно заблокирован', 'ACCOUNT_RATE'],
    ['Ваш IP-адрес заблокирован', 'EGRESS_BLOCKED'],
    ['Неверный логин или пароль', 'ACCOUNT_INVALID'],
    ['Аккаунт заблокирован', 'ACCOUNT_INVALID'],
    ['Срок действия премиум-аккаунта истек', 'ACCOUNT_NOT_PREMIUM'],
    ['登录次数过多，请稍后再试', 'ACCOUNT_RATE'],
    ['连接数过多', 'ACCOUNT_BUSY'],
    ['账号暂时被锁定', 'ACCOUNT_RATE'],
    ['用户名或密码错误', 'ACCOUNT_INVALID'],
    ['帳號或密碼錯誤', 'ACCOUNT_INVALID'],
    ['密码错误', 'ACCOUNT_INVALID'],
    ['账号已被封禁', 'ACCOUNT_INVALID'],
    ['会员已过期', 'ACCOUNT_NOT_PREMIUM'],
    ['请输入验证码', 'ACCOUNT_NEEDS_HUMAN'],
  ],
  download: [
    ['You can download no more than 5 files at the same time', 'ACCOUNT_BUSY'],
    ['You already downloading another file. Please wait until the end of the download', 'ACCOUNT_BUSY'],
    ['Max. parallel downloads exceeded', 'ACCOUNT_BUSY'],
    ['You have downloaded the maximum amount for today', 'ACCOUNT_QUOTA'],
    ['Daily traffic is used', 'ACCOUNT_QUOTA'],
    ['You have used all your traffic for today', 'ACCOUNT_QUOTA'],
    ['Your traffic has run out', 'ACCOUNT_QUOTA'],
    ['Fair-use policy: your account is throttled', 'ACCOUNT_QUOTA'],
    ['Insufficient balance', 'ACCOUNT_QUOTA'],
    ['Unable to connect to database', 'HOST_TEMP'],
    ['Ihr Downloadvolumen ist aufgebraucht', 'ACCOUNT_QUOTA'],
    ['Tageslimit überschritten', 'ACCOUNT_QUOTA'],
    ['Nicht genügend Traffic', 'ACCOUNT_QUOTA'],
    ['Quota dépassé', 'ACCOUNT_QUOTA'],
    ['Vous avez atteint votre limite quotidienne de téléchargement', 'ACCOUNT_QUOTA'],
    ['Votre compte est temporairement bloqué', 'ACCOUNT_RATE'],
    ['Ha superado el límite de descarga', 'ACCOUNT_QUOTA'],
    ['Превышен лимит скачивания', 'ACCOUNT_QUOTA'],
    ['Вы исчерпали дневной лимит трафика', 'ACCOUNT_QUOTA'],
    ['Трафик закончился', 'ACCOUNT_QUOTA'],
    ['今日下载次数已达上限', 'ACCOUNT_QUOTA'],
    ['流量已用完', 'ACCOUNT_QUOTA'],
    ['流量不足', 'ACCOUNT_QUOTA'],
    ['超出每日下载限制', 'ACCOUNT_QUOTA'],
    ['請求過於頻繁', 'ACCOUNT_RATE'],
    ['您的IP已被封鎖', 'EGRESS_BLOCKED'],
    // A link that is no good any more says as much.
    ['File not found', 'LINK_EXPIRED'],
  ],
  page: [
    ['All download slots are full. Please try again in a few minutes.', 'HOST_TEMP'],
    ['Server is too busy', 'HOST_TEMP'],
    ['The file server is currently under heavy load', 'HOST_TEMP'],
    ['We are performing maintenance', 'HOST_DOWN'],
    ['We will be back soon', 'HOST_TEMP'],
    ['Sorry, the storage node is unavailable', 'HOST_TEMP'],
    ['Hard disk error, file will be available soon', 'HOST_TEMP'],
    ['Maximum 2 simultaneous connections', 'ACCOUNT_BUSY'],
    ['Attention Required! | Cloudflare Sorry, you have been blocked', 'EGRESS_BLOCKED'],
    ['Just a moment... Checking your browser before accessing', 'HOST_DOWN'],
    ['Wartungsarbeiten', 'HOST_DOWN'],
    ['Bitte versuchen Sie es später noch einmal', 'HOST_TEMP'],
    ['Der Server ist zur Zeit überlastet', 'HOST_TEMP'],
    ['Site en maintenance', 'HOST_DOWN'],
    ['Veuillez réessayer plus tard', 'HOST_TEMP'],
    ['Service temporairement indisponible', 'HOST_TEMP'],
    ['Технические работы', 'HOST_DOWN'],
    ['Сервис временно недоступен', 'HOST_TEMP'],
    ['Попробуйте позже', 'HOST_TEMP'],
    ['Вы превысили лимит скачивания', 'ACCOUNT_QUOTA'],
    ['系统维护中', 'HOST_DOWN'],
    ['服务器繁忙，请稍后重试', 'HOST_TEMP'],
    ['下載流量已達上限', 'ACCOUNT_QUOTA'],
    // What leads on to a file speaks of waiting and limits.
    ['Your download begins, please wait. No limits with Premium!', 'LINK_EXPIRED'],
  ],
  file: [
    ['This file has been removed due to copyright claim', 'FILE_BLOCKED'],
    ['File has expired and was deleted', 'FILE_GONE'],
    ['Datei nicht gefunden', 'FILE_GONE'],
    ['Le fichier a été supprimé', 'FILE_GONE'],
    ['Файл не найден', 'FILE_GONE'],
    ['文件已被删除', 'FILE_GONE'],
    ['This file is password protected', 'FILE_PASSWORD_REQUIRED'],
    ['This file is private', 'FILE_RESTRICTED'],
    ['You have no access to this file', 'FILE_RESTRICTED'],
  ],
}

describe.each(Object.entries(SAYINGS))('what is said of a %s, in any language', (place, sayings) => {
  it.each(sayings)('%j', (words, kind) => {
    const isPage = place === 'page'
    const text = isPage ? `<!DOCTYPE html><title>Sample</title><body><h1>${words}</h1></body>` : words
    if (isPage || place === 'download') expect(said(text)?.kind).toBe(kind)
    else {
      const answer = { at: place, status: 403, text, now: 0 }
      expect(errorByRules(HTTP_REFUSALS, 'Sample', answer)?.kind).toBe(kind)
    }
  })
})

it('what a long page promises is no refusal', () => {
  const promises =
    'Premium: several files at the same time, maximum number of files per day 100, new servers available soon. ' +
    'Premium : pas de limite atteinte. \u6bcf\u65e5\u4e0b\u8f7d\u9650\u5236\uff1a\u65e0'
  const page = `<!DOCTYPE html><body><p>${promises}</p>${'<p>word</p>'.repeat(200)}</body>`
  expect(said(page)?.kind).toBe('LINK_EXPIRED')
})

describe('words that no table understands', () => {
  it('go with the error that the status alone makes', () => {
    expect(said('The moon is in the wrong phase')).toMatchObject({
      kind: 'LINK_EXPIRED',
      words: 'The moon is in the wrong phase',
    })
    expect(said('<!doctype html><title>Oops</title><p>Wrong <b>moon</b></p><script>x</script>')?.words).toBe(
      'Oops Wrong moon',
    )
  })

  it('are none where the words or the status say what it is', () => {
    expect(said('No such file')?.words).toBeUndefined()
    expect(said('Too many connections')?.words).toBeUndefined()
    expect(said('whatever', 503)?.words).toBeUndefined()
    expect(said('')?.words).toBeUndefined()
  })

  it('hold no secret: nothing of what was sent, no query, no key', () => {
    const explain = explainBy('Sample', TABLE)
    const url = 'https://fs1.host.test/dl/t0ken9/a.bin?sid=s3cret'
    const text = `Moon over ${url} and t0ken9 for joe@host.test with 0123456789abcdef0123456789abcdef`
    const words = explain({ status: 403, headers: {}, text, now: 0, url })?.words ?? ''
    expect(words).toMatch(/^Moon over /)
    for (const secret of ['t0ken9', 's3cret', 'joe@host.test', '0123456789abcdef'])
      expect(words).not.toContain(secret)
    expect(wordsOf({ text: 'password hunter22 is odd', sent: ['hunter22'] })).toBe('password … is odd')
  })

  it('are one line of bounded length', () => {
    const words = said(`a\nb\u0000 ${'long '.repeat(1000)}`)?.words ?? ''
    expect(words.length).toBeLessThanOrEqual(160)
    expect(words).toMatch(/^a b {1,2}long/)
  })
})
