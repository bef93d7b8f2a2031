// How visitors came, in the words of an owner.

const names: Readonly<Record<string, string>> = {
  direct: 'Direct entry',
  search: 'Search engines',
  website: 'Websites',
  social: 'Social networks',
  campaign: 'Campaigns',
  ai: 'AI assistants',
}

/** The name of a type of referrer; of a visit that tells none that of a direct one. */
export function channelName(type: string): string {
  return names[type === '' ? 'direct' : type] ?? type
}
