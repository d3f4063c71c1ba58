import { Check, Column, Entity, PrimaryColumn } from 'typeorm'

/** One row, whose lock is the right to look: until when it was looked at what happened. */
@Entity('notification_look')
@Check('notification_look_only_one', 'only_one')
export class NotificationLook {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'notification_look_pkey', default: true })
  onlyOne: boolean

  @Column('timestamptz')
  lookedAt: Date
}
