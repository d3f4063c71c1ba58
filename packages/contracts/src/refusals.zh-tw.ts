import type { RefusalCause, RefusalTexts } from './refusals.js'

/** The texts of REFUSALS in Traditional Chinese; a spec holds that both say what there is to say. */
export const REFUSALS_ZH_TW: Readonly<Record<RefusalCause, RefusalTexts>> = {
  key_invalid: {
    msg: '缺少 API 金鑰，或金鑰無效。',
    action: '送出有效的金鑰：36 個字元，以 obb_ 開頭。更換之後舊的就不能用了，請勿再用它查詢。',
  },
  key_expired: {
    msg: '此 API 金鑰已過期。',
    action: '另外建立一把金鑰，或在建立金鑰之處延長期限。',
  },
  key_scope_missing: {
    msg: '此 API 金鑰無權執行；權限於建立處設定。',
    when: '查看需要權限 `read`，要求與結束連結需要 `submit`。',
    action: '改用其他金鑰，或在建立金鑰之處加上權限。',
  },
  key_network_refused: {
    msg: '此 API 金鑰無法在這個網路使用；允許的網路於建立處設定。',
    action: '從允許的網路呼叫，或在建立金鑰之處加入這個網路。',
  },
  account_suspended: {
    msg: '此帳號已停權。',
    when: '帳號已停用；先前的下載連結也一樣。',
    action: '停止，並詢問伺服器的管理員。',
  },
  account_expired: {
    msg: '此帳號已到期。',
    when: '帳號已到期；先前的下載連結也一樣。',
    action: '停止，並請管理員延長期限。',
  },
  signed_out: {
    msg: '您尚未登入，或已登出。',
    action: '重新登入。',
  },
  sign_in_failed: {
    msg: '電子郵件或密碼錯誤。',
    action: '檢查兩者；忘記密碼時，請向管理員索取重設連結。',
  },
  second_factor_needed: {
    msg: '需要兩步驟驗證碼。',
    action: '以 `code` 送出驗證器應用程式顯示的驗證碼，或一組備用碼。',
  },
  second_factor_wrong: {
    msg: '兩步驟驗證碼錯誤或已使用。',
    action: '等應用程式顯示下一組再送出，或使用備用碼；並檢查裝置的時鐘。',
  },
  current_password_wrong: {
    msg: '目前的密碼錯誤。',
    action: '送出您目前用來登入的密碼。',
  },
  second_factor_unreadable: {
    msg: '此伺服器目前無法檢查您的兩步驟驗證碼，但備用碼仍可使用。',
    when: '其密鑰是以另一個 SECRETS_KEY 封存的。',
    action:
      '送出備用碼。管理員可將原來的金鑰放入 SECRETS_KEYS_OLD，或提供 `./obb user reset` 的連結，使用後兩步驟驗證會停用。',
  },
  passkey_refused: {
    msg: '此通行密鑰未獲接受。',
    when: '無法辨識、已移除、逾時，或屬於另一個網址。',
    action: '請再試一次。若仍無法使用，請以密碼登入，到個人設定移除後重新新增。',
  },
  passkey_unavailable: {
    msg: '通行密鑰無法在此網址使用。',
    when: '瀏覽器僅在以網域名稱連線的 HTTPS 及 localhost 提供，IP 位址則不行。',
    action:
      '請以 HTTPS 網域名稱（若有設定 PUBLIC_API_URL，即為該網址）或 localhost 開啟；若在反向代理之後，請設定 TRUSTED_PROXIES 或 PUBLIC_API_URL。',
  },
  operator_needed: {
    msg: '僅限管理員使用。',
    action: '以管理員身分登入，或詢問管理員。',
  },
  view_read_only: {
    msg: '您正以他人的身分檢視，無法變更或下載任何內容。',
    action: '請用每頁上方的橫幅結束檢視，再以自己的身分操作。',
  },
  origin_foreign: {
    msg: '僅限此伺服器的頁面提出。',
    action: '請以這台伺服器的位址開啟入口網站；程式請使用金鑰與外部 API。',
  },
  set_up_code_wrong: {
    msg: '設定碼錯誤。',
    action: '使用 `npm start` 在終端機顯示的設定碼。',
  },
  set_up_done: {
    msg: '這台伺服器已完成設定。',
    action: '登入即可；沒有帳號時，請向管理員索取邀請。',
  },
  link_token_invalid: {
    msg: '此連結已使用、已撤回或過期，請索取新的連結。',
    action: '向寄給您的管理員索取新的連結。',
  },
  last_operator: {
    msg: '將沒有任何管理員，請先指定另一位。',
    action: '先把 `operator` 角色給另一位使用者，再試一次。',
  },
  oidc_unavailable: {
    msg: '目前無法連上登入服務。',
    action: '請稍候一分鐘再試，或以其他方式登入；`./obb doctor` 會告訴管理員更多。',
  },
  oidc_attempt_unknown: {
    msg: '這次登入已使用、已過期，或是在其他瀏覽器開始的。',
    action: '從登入頁重新開始，並在同一個視窗完成。',
  },
  oidc_refused: {
    msg: '登入服務未讓您登入。',
    action: '請再試一次；若持續發生，請詢問伺服器的管理員。',
  },
  oidc_email_unverified: {
    msg: '登入服務尚未驗證您的電子郵件。',
    action: '先在登入服務驗證電子郵件，再重新登入。',
  },
  oidc_account_unknown: {
    msg: '這台伺服器沒有您的帳號。',
    action: '請向管理員索取邀請；已有帳號時，先登入，再到個人設定連結。',
  },
  oidc_link_needed: {
    msg: '已有使用您電子郵件的帳號，請先連結。',
    action: '以原本的方式登入，再到個人設定的「密碼」連結。',
  },
  oidc_linked_elsewhere: {
    msg: '已連結到其他帳號，或此帳號已連結其他身分。',
    action: '先解除另一個連結，或在登入服務改用其他身分。',
  },
  last_sign_in_way: {
    msg: '這樣將無法再登入，請先設定密碼。',
    action: '請管理員提供設定密碼的連結，再試一次。',
  },
  authorization_pending: {
    msg: '還沒有人回應這組代碼。',
    action: '等候 `retry_in_seconds` 秒再查詢。',
  },
  slow_down: {
    msg: '這組代碼查詢得太早。',
    action: '從此每次查詢多等 5 秒，如 `retry_in_seconds` 所示。',
  },
  expired_token: {
    msg: '這組代碼已使用、已過期，或從未發出。',
    action: '以 `POST /device/code` 重新開始。',
  },
  access_denied: {
    msg: '這個用戶端未獲准取得金鑰。',
    action: '停止；使用者要求時才重新開始。',
  },
  device_code_unknown: {
    msg: '沒有用戶端在等這組代碼，或已不再等候。',
    action: '檢查字母；若用戶端已顯示其他代碼，請改用那一組。',
  },
  mail_off: {
    msg: '這台伺服器不寄送郵件。',
    when: 'SMTP_URL 或 PUBLIC_API_URL 沒有設定：郵件裡的連結以後者開頭。',
    action: '請自行轉交連結；或設定 SMTP_URL、MAIL_FROM 與 PUBLIC_API_URL，再重新啟動。',
  },
  traffic_insufficient: {
    msg: '剩餘流量不足以取得此檔案。',
    when: '檔案比剩餘流量（`trafficleft`）大。',
    action: '請管理員增加流量、改取較小的檔案，或結束檔案尚未完整的連結以退還流量。',
  },
  host_usage_exceeded: {
    msg: '此站點的 24 小時上限已用完。',
    when: '加上這個檔案，過去 24 小時在這個站點的用量會超過上限。',
    action: '等候 `retry_in_seconds` 秒，讓部分用量移出 24 小時；其他站點不受影響。',
  },
  slots_full: {
    msg: '此站點同時下載數過多。',
    when: '您在這個站點取得中與等候中的檔案已達上限。',
    action: '過了 `retry_in_seconds` 秒、有檔案完成之後再試。',
  },
  solo_slot_full: {
    msg: '此站點一次只能下載一個檔案。',
    when: '您的帳號或這個站點一次只取得一個檔案。',
    action: '過了 `retry_in_seconds` 秒、檔案完成之後再試。',
  },
  url_unsupported: {
    msg: '不支援此網址或站點。',
    when: '沒有任何已啟用的平台接受這個連結。',
    action: '檢查連結；`GET /hosts` 列出可接受的主機名稱。不要原樣重送。',
  },
  folder_given: {
    msg: '此網址是資料夾：POST /expand 可列出其中的連結。',
    action: '送到 `POST /expand`，再逐一送出其中的連結；或以 `expand` 送到 `POST /unrestrict/batch`。',
  },
  folder_unlisted: {
    msg: '無法列出此站點的資料夾，請提供其中檔案的連結。',
    action: '用瀏覽器打開資料夾，送出其中檔案的連結。',
  },
  several_links: {
    msg: '這是多個連結；請只給一個，或全部交給 POST /check。',
    when: '文字裡有多個連結。',
    action: '每個請求送一個連結，或全部送到 `POST /unrestrict/batch`。',
  },
  size_unknown: {
    msg: '站點未提供此檔案的大小。',
    action: '不要重送：這個站點依大小扣流量，而大小無人知道。',
  },
  folder_too_large: {
    msg: '資料夾中的檔案過多：POST /expand 可列出其中的連結。',
    when: '以 `expand` 整批送出時，資料夾裡的檔案超過 500 個。',
    action: '用 `POST /expand` 列出，再分幾個請求送出。',
  },
  file_blocked: {
    msg: '此檔案已被封鎖。',
    when: '管理員封鎖了檔案，或站點已將其下架。',
    action: '不要重送。若認為有誤，請詢問管理員。',
  },
  file_restricted: {
    msg: '此檔案為私人檔案或需另外付費。',
    action: '不要重送：改用其他副本，或向擁有者要求存取權。',
  },
  nzb_refused: {
    msg: '此 NZB 連結的網站沒有提供 NZB。',
    when: '網站拒絕連結中的金鑰或帳號，或傳回的是網頁而不是 NZB。',
    action: '到網站重新複製帶有有效金鑰的連結；或用瀏覽器下載 NZB 後上傳。',
  },
  file_gone: {
    msg: '此檔案已離線或不存在。',
    when: '站點表示檔案不存在。',
    action: '改用其他連結；只有檔案恢復時重試才有用。',
  },
  folder_empty: {
    msg: '此資料夾是空的。',
    action: '檢查連結：裡面沒有可取得的檔案。',
  },
  link_unknown: {
    msg: '沒有這個連結。',
    when: '這個 id 從未發出，或屬於其他帳號。',
    action: '再把原本的連結送到 `POST /unrestrict`；並確認金鑰屬於同一個帳號。',
  },
  link_ended: {
    msg: '此連結已失效，請重新取得。',
    when: '連結已到期、取消、封鎖或移除。',
    action: '再把原本的連結送到 `POST /unrestrict`。',
  },
  share_ended: {
    msg: '這個分享連結已經失效。',
    when: '分享的期限已到，或下載次數已用完。',
    action: '請分享的人再給一個。',
  },
  host_unavailable: {
    msg: '站點目前無法使用。',
    when: '站點無法連線、太慢，或要我們晚點再來。',
    action: '過了 `retry_in_seconds` 秒再試；會自行恢復。',
  },
  maintenance: {
    msg: '伺服器維護中，暫不接受新連結。',
    when: '管理員已開啟維護。先前建立的連結與下載照常進行。',
    action: '過了 `retry_in_seconds` 秒再試；未扣流量。',
  },
  no_fetcher: {
    msg: '服務維護中。',
    when: '負責取得檔案的程序都沒有在執行。',
    action: '過了 `retry_in_seconds` 秒再試。若持續發生，請告訴管理員：沒有 fetcher 在執行。',
  },
  store_full: {
    msg: '伺服器目前沒有空間存放此檔案。',
    when: '磁碟放不下這個檔案。',
    action: '過了 `retry_in_seconds` 秒再試。若持續發生，請告訴管理員：磁碟已滿。',
  },
  store_unavailable: {
    msg: '伺服器的儲存空間目前無法使用。',
    action: '過了 `retry_in_seconds` 秒再試。若持續發生，請告訴管理員：儲存空間無法使用。',
  },
  service_unavailable: {
    msg: '服務目前無法使用。',
    when: '資料庫或佇列無法使用，或站點沒有及時回覆。',
    action: '過了 `retry_in_seconds` 秒，以相同的請求再試；不會重複扣流量。',
  },
  not_ready: {
    msg: '檔案尚未就緒。',
    when: '檔案尚未完整就要求下載。',
    action: '輪詢 `GET /link/{linkId}`，直到 `download_ready` 為 true 再開始。',
  },
  not_ready_whole: {
    msg: '檔案尚未就緒；邊抓取邊讀取需要伺服器開啟 SERVE_WHILE_FETCHING。',
    when: '檔案尚未完整就要求下載，而這台伺服器只提供完整的檔案。',
    action: '輪詢 `GET /link/{linkId}`，直到 `download_ready` 為 true 再開始。',
  },
  upstream_error: {
    msg: '站點回應錯誤。',
    when: '站點的回應既不是檔案，也不是已知的拒絕。',
    action: '過了 `retry_in_seconds` 秒再試；多次仍失敗就改用其他連結，或告訴管理員。',
  },
  server_unreachable: {
    msg: '無法連線至此連結的伺服器，或其回應中斷。',
    when: '一般連結的伺服器問了幾次，都沒有完整回應。',
    action: '用瀏覽器檢查位址；若在那裡正常，請稍後再試。',
  },
  pool_exhausted: {
    msg: '目前沒有可用的站點帳號。',
    when: '管理員在這個站點的帳號都在休息、用完額度或遭拒。',
    action: '過了 `retry_in_seconds` 秒再試：帳號會恢復，額度會回來。',
  },
  pool_empty: {
    msg: '尚未設定此站點的帳號，需由管理員新增。',
    action: '告訴管理員需要加入帳號；在那之前請改用其他站點的連結。',
  },
  password_required: {
    msg: '此檔案需要密碼。',
    action: '詢問使用者檔案的密碼，以 `password` 送出。',
  },
  password_wrong: {
    msg: '此檔案的密碼錯誤。',
    action: '再次詢問使用者密碼。',
  },
  request_invalid: {
    msg: '請求無效。',
    when: '缺少欄位、型別或範圍不對，或內容不是 JSON。',
    action: '修改請求：`details` 說明錯在哪裡。不要原樣重送。',
  },
  route_unknown: {
    msg: '沒有這個路徑。',
    action: '檢查位址：文件在 `/docs`。',
  },
  resource_unknown: {
    msg: '沒有這個資源。',
    action: '先列出現有項目，再取其中的 id。',
  },
  method_not_allowed: {
    msg: '此處不允許這個方法。',
    action: '使用 `Allow` 標頭列出的方法。',
  },
  conflict: {
    msg: '已經存在。',
    action: '查看現有的項目；`details` 說明是哪一個。',
  },
  account_refused: {
    msg: '站點拒絕此帳號。',
    action: '檢查帳號資料；`details` 是站點的說法。',
  },
  body_too_large: {
    msg: '請求內容過大。',
    action: '一次少送一些：較少的連結，或較小的檔案。',
  },
  media_type_unsupported: {
    msg: '請求內容必須是 JSON。',
    action: '送出 JSON，並帶 `Content-Type: application/json`。',
  },
  nzb_expected: {
    msg: '請求內容必須是 NZB。',
    action: '以 `application/x-nzb`，或表單中的檔案送出 NZB。',
  },
  range_unsatisfiable: {
    msg: '要求的範圍超出檔案。',
    action: '在 `Content-Range` 告知的大小之內要求；已完整的檔案不必再要求。',
  },
  streams_full: {
    msg: '此帳號開啟的事件串流過多。',
    action: '關閉其中一個，或改用輪詢。',
  },
  rate_limited: {
    msg: '請求過於頻繁。',
    when: '金鑰或網路的請求次數超過限制。',
    action: '等候 `retry_in_seconds` 秒；`RateLimit-Remaining` 告知還剩幾次。',
  },
  internal: {
    msg: '內部錯誤。',
    when: '伺服器本身的錯誤。',
    action: '一分鐘後再試。若持續發生，請把回應的 `X-Request-Id` 告訴管理員。',
  },
}
