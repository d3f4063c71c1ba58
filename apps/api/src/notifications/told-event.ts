import {
  type Language,
  type NotificationEvent,
  REFUSALS,
  type RefusalCause,
  refusalTexts,
} from '@obb/contracts'

/** What of an event is told, in the words of a language. */
export interface ToldEvent {
  event: NotificationEvent
  /** As it stands in a webhook. */
  data: Record<string, unknown>
  /** Name of the file, or the platform. */
  name: string
  /** Why a link failed. */
  reason: string | undefined
}

/** What an event is told as. A cause is named by its number and text, as in the external API. */
export function toldEvent(
  { event, data: { cause, ...data } }: { event: NotificationEvent; data: Record<string, unknown> },
  language: Language,
): ToldEvent {
  const name = event === 'host_works_again' ? data['platform'] : data['name']
  const refusal = typeof cause === 'string' && cause in REFUSALS ? (cause as RefusalCause) : undefined
  const told = refusal && { status: REFUSALS[refusal].status, msg: refusalTexts(refusal, language).msg }
  return { event, data: { ...data, ...told }, name: typeof name === 'string' ? name : '', reason: told?.msg }
}
