/** NetworkFault is what the network said, without its words: those may quote what a peer sent. */
export class NetworkFault extends Error {
  constructor(readonly code: string) {
    super(code)
    this.name = 'NetworkFault'
  }
}
