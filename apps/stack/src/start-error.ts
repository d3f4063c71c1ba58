/** A reason not to start that the operator can do something about; the message is all there is to print. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
