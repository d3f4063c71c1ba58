import type { AuditAction, AuditEntryView } from '@obb/contracts'
import { m } from '../../shared/text.js'

type Sentence = (given: { target: string }) => string

/** What was to be done, in a sentence; whether it was, the outcome tells. */
const SENTENCES: Record<AuditAction, Sentence> = {
  'POST /users': m.admin_act_user_add,
  'PATCH /users': m.admin_act_user_change,
  'DELETE /users': m.admin_act_user_remove,
  'POST /users/suspend': m.admin_act_user_suspend,
  'POST /users/resume': m.admin_act_user_resume,
  'POST /users/grant': m.admin_act_user_grant,
  'POST /users/adjust': m.admin_act_user_adjust,
  'POST /users/reset': m.admin_act_user_reset,
  'POST /users/sign-out': m.admin_act_user_sign_out,
  'POST /users/view': m.admin_act_user_view,
  'POST /users/keys': m.admin_act_key_add,
  'PATCH /users/keys/:id': m.admin_act_key_change,
  'DELETE /users/keys/:id': m.admin_act_key_revoke,
  'POST /users/keys/:id/rotate': m.admin_act_key_renew,
  'PATCH /users/notifications': m.admin_act_notifications,
  'POST /users/notifications/test': m.admin_act_notifications_test,
  'POST /keys/rotate': m.admin_act_key_renew,
  'POST /keys/set': m.admin_act_key_change,
  'POST /invitations': m.admin_act_invite,
  'DELETE /invitations/:id': m.admin_act_invite_end,
  'POST /accounts': m.admin_act_account_add,
  'PATCH /accounts/:id': m.admin_act_account_change,
  'DELETE /accounts/:id': m.admin_act_account_remove,
  'POST /accounts/:id/enable': m.admin_act_account_on,
  'POST /accounts/:id/disable': m.admin_act_account_off,
  'POST /accounts/:id/check': m.admin_act_account_check,
  'PATCH /hosts/:platform': m.admin_act_host_change,
  'POST /hosts/:platform/try': m.admin_act_host_try,
  'PATCH /files/:id': m.admin_act_file_change,
  'DELETE /files/:id': m.admin_act_file_remove,
  'POST /files/sweeps': () => m.admin_act_sweep(),
  'POST /blocks': m.admin_act_block,
  'DELETE /blocks/:id': m.admin_act_block_end,
  'POST /secrets/reseal': () => m.admin_act_reseal(),
  'POST /store/test': () => m.admin_act_store_test(),
  'POST /store/adopt': () => m.admin_act_store_adopt(),
  'PATCH /set-up': () => m.admin_act_set_up_guide(),
  'PATCH /status-page': () => m.admin_act_status_page(),
  'POST /mail/test': m.admin_act_mail_test,
  'POST /set-up': m.admin_act_set_up,
  'POST /sign-up': m.admin_act_sign_up,
  'POST /reset': m.admin_act_reset_own,
  'POST /password': () => m.admin_act_password(),
  'POST /session': () => m.admin_act_session(),
  'GET /oidc/callback': m.admin_act_oidc,
  'DELETE /oidc/link': () => m.admin_act_oidc_unlink(),
  'POST /passkeys': () => m.admin_act_passkey_add(),
  'PATCH /passkeys/:id': () => m.admin_act_passkey_change(),
  'DELETE /passkeys/:id': () => m.admin_act_passkey_remove(),
  'POST /totp/confirm': () => m.admin_act_totp(),
  'DELETE /totp': () => m.admin_act_totp_end(),
  'PATCH /notifications': m.admin_act_notifications,
  'DELETE /account': () => m.admin_act_account_delete(),
  'DELETE /view': m.admin_act_view_end,
  'POST /keys': m.admin_act_key_add,
  'PATCH /keys/:id': m.admin_act_key_change,
  'POST /keys/:id/rotate': m.admin_act_key_renew,
  'DELETE /keys/:id': m.admin_act_key_revoke,
  'POST /device/allow': () => m.admin_act_device(),
  'POST /device/token': m.admin_act_device_key,
  'POST /links/:linkId/shares': m.admin_act_share,
  'DELETE /links/:linkId/shares/:shareId': m.admin_act_share_end,
  'MAIL invitation': m.admin_act_mail_invitation,
  'MAIL reset': m.admin_act_mail_reset,
  'MAIL asked_reset': m.admin_act_mail_reset,
}

const isKnown = (action: string): action is AuditAction => Object.hasOwn(SENTENCES, action)

/** An entry as a sentence; an action that is not known stays as it is in the log. */
export function sentenceOf(entry: AuditEntryView): string {
  const { kind, action } = entry
  if (kind === 'auth_failure') return attemptOf(action)
  if (action.endsWith(' /invitations') && entry.target !== null && entry.targetName === null)
    return m.admin_act_invite_anyone()
  return isKnown(action) ? SENTENCES[action]({ target: targetOf(entry) }) : action
}

const UUID = /^([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function targetOf({ target, targetName }: AuditEntryView): string {
  if (targetName !== null) return targetName
  if (target === null) return m.admin_act_nobody()
  const [, id] = UUID.exec(target) ?? []
  return id === undefined ? target : m.admin_act_gone({ id })
}

/** Of an attempt the route is a whole one. */
function attemptOf(action: string): string {
  const [, path = ''] = action.split(' ')
  if (/^\/api\/portal\/v1\/(session|oidc)/.test(path)) return m.admin_try_sign_in()
  if (path === '/api/portal/v1/set-up') return m.admin_try_setup()
  return /^\/api\/(portal\/v1\/)?admin/.test(path)
    ? m.admin_try_admin({ action })
    : m.admin_try_api({ action })
}

/** Who it was: an e-mail stays as it is. */
export function whoOf({ who }: AuditEntryView): string {
  const [, kind, id = ''] = /^(token|key) ([0-9a-f]{8})$/.exec(who) ?? []
  if (kind === 'token') return m.admin_who_token({ id })
  return kind === 'key' ? m.admin_who_key({ id }) : who
}
