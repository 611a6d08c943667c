/** Names that clients and services make up are not remembered beyond these: they could be any number. */
const MAX_KNOWN = 1000;
const MAX_LENGTH = 64;

/**
 * What a header's name means, by its bytes as they came. Clients and services write the same few names again and again,
 * so a look-up takes the place of folding case and comparing with each known name.
 */
export class NameTable<Kind> {
  readonly #classify: (name: string) => Kind;
  readonly #known = new Map<string, Kind>();

  constructor(classify: (name: string) => Kind) {
    this.#classify = classify;
  }

  kindOf(name: string): Kind {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const kind = this.#classify(name);
    if (this.#known.size < MAX_KNOWN && name.length <= MAX_LENGTH) this.#known.set(name, kind);
    return kind;
  }
}
