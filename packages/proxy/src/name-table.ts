import { ownText } from '@tinct/sdk';

/** Names that clients and services make up are not remembered beyond these: they could be any number. */
const MAX_KNOWN = 1000;
const MAX_LENGTH = 64;

/** Heads with more headers than this are read without a guess. */
const MAX_PLACES = 64;

interface Known<Kind> {
  /** Apart from the head that it was read from, which would be kept with it. */
  readonly name: string;
  readonly kind: Kind;
}

/**
 * What a header's name means, by its bytes as they came. Clients and services write the same few names again and again,
 * so a look-up takes the place of folding case and comparing with each known name. Mostly they even write them in the
 * same order: the name that stood in a place last is the first guess for it, and saves hashing a text that is new each time.
 */
export class NameTable<Kind> {
  readonly #classify: (name: string) => Kind;
  readonly #known = new Map<string, Known<Kind>>();
  /** By place: the names that stood there last, and what they mean. */
  readonly #names: string[] = [];
  readonly #kinds: Kind[] = [];

  constructor(classify: (name: string) => Kind) {
    this.#classify = classify;
  }

  /** `place`: the name's own in its head, counted from 0. */
  kindOf(name: string, place: number): Kind {
    if (this.#names[place] === name) return this.#kinds[place] as Kind;
    const known = this.#lookUp(name);
    if (place < MAX_PLACES && name.length <= MAX_LENGTH) this.#guess(place, known);
    return known.kind;
  }

  /** The name that stood in a place last. */
  nameAt(place: number): string | undefined {
    return this.#names[place];
  }

  /** Places are filled in order: an array with holes would be slow to read. */
  #guess(place: number, { name, kind }: Known<Kind>): void {
    if (place > this.#names.length) return;
    this.#names[place] = name;
    this.#kinds[place] = kind;
  }

  #lookUp(name: string): Known<Kind> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const own = ownText(name);
    const made = { name: own, kind: this.#classify(own) };
    if (this.#known.size < MAX_KNOWN && name.length <= MAX_LENGTH) this.#known.set(own, made);
    return made;
  }
}
