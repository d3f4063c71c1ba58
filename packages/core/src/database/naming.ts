import { DefaultNamingStrategy } from 'typeorm'

/** `accountId` → `account_id`. */
export class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  }
}
