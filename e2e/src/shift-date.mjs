/*
 * Preloaded into a process of a test (`node --import`): its clock is SHIFT_DATE ms ahead, as on a machine whose time is
 * wrong, until a message `{ shiftDate }` sets it to another time.
 */
const RealDate = Date
let shift = Number(process.env.SHIFT_DATE)
process.on('message', (message) => {
  if (typeof message?.shiftDate === 'number') shift = message.shiftDate
})

class ShiftedDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shift)
    else super(...args)
  }

  static now() {
    return RealDate.now() + shift
  }
}

Reflect.set(globalThis, 'Date', ShiftedDate)
