import type { GateAnswer, Language } from '@obb/contracts'

type Text = Readonly<Record<Language, string>>

/** What a gate says that lets pass; constant, like the texts of refusals. */
export const OPEN_GATES: Readonly<Record<GateAnswer['gate'], Text>> = {
  host_known: { en: 'The host is supported.', 'zh-TW': '支援此站點。' },
  host_enabled: { en: 'The host is switched on.', 'zh-TW': '此站點已啟用。' },
  account: { en: 'Your account is active.', 'zh-TW': '您的帳號可以使用。' },
  block: { en: 'The file is not on the block list.', 'zh-TW': '檔案不在封鎖清單上。' },
  reuse: {
    en: 'You have no valid link to this file; a new one is charged.',
    'zh-TW': '您沒有此檔案的有效連結；新的連結會扣流量。',
  },
  file: { en: 'Nothing is known against the file.', 'zh-TW': '檔案沒有已知的問題。' },
  maintenance: { en: 'The server takes new links.', 'zh-TW': '伺服器接受新連結。' },
  fetcher: { en: 'Files can be fetched.', 'zh-TW': '可以取得檔案。' },
  store: { en: 'There is room for the file.', 'zh-TW': '有空間存放檔案。' },
  host_working: { en: 'The host is working.', 'zh-TW': '站點運作正常。' },
  slots: { en: 'You have a free place.', 'zh-TW': '您還有空位。' },
  host_usage: {
    en: 'The file fits into your 24 hour limit for this host.',
    'zh-TW': '檔案在您於此站點的 24 小時上限之內。',
  },
  pool: { en: 'An account for this host is available.', 'zh-TW': '有可用的站點帳號。' },
  traffic: { en: 'You have enough traffic left.', 'zh-TW': '您的剩餘流量足夠。' },
}
export const WAITS: Text = {
  en: 'The file waits until this clears; its link is pending until then.',
  'zh-TW': '檔案會等到恢復為止；在那之前連結等候中。',
}
export const REUSED: Text = {
  en: 'You have a valid link to this file; it is returned and nothing is charged.',
  'zh-TW': '您已有此檔案的有效連結；會直接回應該連結，不扣流量。',
}
export const NOT_ASKED: Text = {
  en: 'The host has not been asked about this file lately; its size is unknown.',
  'zh-TW': '最近沒有向站點詢問此檔案，大小未知。',
}

export const GATE_TEXTS: readonly Text[] = [...Object.values(OPEN_GATES), WAITS, REUSED, NOT_ASKED]
