import {
  type FindingTexts,
  type StoreTexts,
  type TroubleTexts,
  accountText,
  timeOf,
} from './finding-texts.js'

const RENEW = '請在站點續費，然後檢查帳號。'
const TROUBLES: TroubleTexts = {
  off: () => ({
    title: '已停用，因站點拒絕',
    action: '請處理站點所述的問題，登入資料有誤則更換，然後開啟。',
  }),
  ended: (at) => ({ title: `已於 ${at} 到期`, action: RENEW }),
  not_premium: () => ({ title: '不是會員', action: RENEW }),
  ending: (at) => ({ title: `將於 ${at} 到期`, action: RENEW }),
  no_traffic: () => ({ title: '在站點的流量已用完', action: '請等候站點補充流量，或新增另一個帳號。' }),
  resting: (until) => ({ title: `休息至 ${until}`, action: '之後會自動恢復。' }),
}
const STORE: StoreTexts = {
  full: { title: '儲存空間已滿', action: '抓取會暫停，有空間後自動繼續：請移除檔案，或擴充儲存空間。' },
  away: { title: '儲存空間無法使用', action: '請確認磁碟是否掛載，或物件儲存是否回應。之後會自動再試。' },
  wrong: {
    title: '這不是此安裝的儲存空間',
    action: '請將設定指向正確的儲存空間；確定要使用這個時才接管。',
  },
}

/** And in Chinese. */
export const FINDING_TEXTS_ZH_TW: FindingTexts = {
  check: ({ check }) =>
    check === 'fetchers'
      ? { title: '沒有抓取程式在運作', action: '連結會等候抓取程式運作。請啟動它，或查看其記錄。' }
      : { title: `檢查項目「${check}」失敗`, action: '執行 ./obb doctor 可查看詳情。' },
  store: ({ state }) => STORE[state],
  store_filling: ({ at }) => ({
    title: `儲存空間約在 ${timeOf(at)} 用完`,
    action: '這是依近日的增長推算。請移除檔案、擴充空間，或設定 STORAGE_QUOTA：屆時會先移除最久未讀的檔案。',
  }),
  secrets_unreadable: ({ count }) => ({
    title: `有 ${count} 個封存值無法開啟`,
    action: '請將 SECRETS_KEY 設為當初封存的金鑰，或將該金鑰加入 SECRETS_KEYS_OLD；否則請更換登入資料。',
  }),
  secrets_older: ({ count }) => ({
    title: `有 ${count} 個值以舊金鑰封存`,
    action: '請在「設定」重新封存，之後不再需要舊金鑰。',
  }),
  backup: ({ trouble, madeAt }) => {
    const newest = madeAt === null ? '目前沒有任何備份' : `最新的備份是 ${timeOf(madeAt)} 的`
    return trouble === 'failed'
      ? {
          title: '每夜備份失敗',
          action: `${newest}。每小時會再試一次：請確認 BACKUP_DIR 有空間且可寫入。`,
        }
      : {
          title: '上次的每夜備份已過久',
          action: `${newest}。請確認負責備份的程式在執行：npm start，或 compose 的 backup 服務。`,
        }
  },
  mail: () => ({ title: '郵件無法寄出', action: '一天之內會自動重試。測試郵件可以得知郵件伺服器的回應。' }),
  webhook: ({ email }) => ({
    title: `${email} 的 Webhook 無法送達`,
    action: '一天後會放棄未送達的通知。使用者可在個人設定中測試並修改。',
  }),
  account: (finding) => accountText(TROUBLES, finding, '：'),
  no_account: () => ({
    title: '尚無站點帳號',
    action: '多數站點只讓付費帳號全速取檔。請新增第一個帳號。',
  }),
  no_usable_account: () => ({
    title: '沒有可用的站點帳號',
    action: '需要帳號的站點無法取檔。請處理各帳號的問題並開啟，或新增另一個帳號。',
  }),
  host: ({ platform }) => ({
    title: `${platform} 無法使用`,
    action: '之後會自動再試。若持續如此，請確認其位址是否變更。',
  }),
  canary: ({ platform }) => ({
    title: `${platform} 的探測失敗`,
    action: '請確認探測檔案是否仍在；若仍在，則是站點有變更。',
  }),
  traffic: ({ platform, at }) => ({
    title: `${platform} 的流量約在 ${timeOf(at)} 用完`,
    action: '這是依近日的用量推算。請新增帳號，或在站點購買流量。',
  }),
  attempts: ({ count, addresses }) => ({
    title: `24 小時內有 ${count} 次登入嘗試失敗，來自 ${addresses} 個位址`,
    action: '可能有人在猜測金鑰或密碼。系統已加以限速，請查看來源。',
  }),
}
