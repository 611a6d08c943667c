/**
 * Tinct in NestJS 12, on Express and on Fastify: `imports: [TinctModule.forRoot({ trust: 'mesh' })]`. Decorators are
 * applied as functions here, so that this file needs no compiler's help; applications write them as ever.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type CanActivate,
  createParamDecorator,
  type DynamicModule,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  NotFoundException,
  type OnModuleDestroy,
} from '@nestjs/common';
import { decision, isIn, variant } from '../context/ask.ts';
import type { ReleaseName, VariantOf } from '../context/releases.ts';
import type { KnownDecision } from '../context/types.ts';
import type { TinctOptions } from '../options.ts';
import { isTinct, type Tinct, tinctOf } from '../tinct.ts';
import { pass } from './node-request.ts';

/** What the service's Tinct is injected by: `@Inject(TINCT)`. */
export const TINCT: symbol = Symbol.for('@tinct/sdk/nest');
/** Whether the module made it, and closes it. */
const OWNED = Symbol.for('@tinct/sdk/nest/owned');

/** What a request carries, for classes that are told what they depend on. */
export class TinctService {
  /** As `variant` of `@tinct/sdk`. */
  variant<R extends ReleaseName>(release: R): VariantOf<R> | undefined {
    return variant(release);
  }

  /** As `decision` of `@tinct/sdk`. */
  decision<R extends ReleaseName>(
    release: R,
  ): (KnownDecision & { readonly variant: VariantOf<R> }) | undefined {
    return decision(release);
  }

  /** As `isIn` of `@tinct/sdk`. */
  isIn<R extends ReleaseName>(release: R, name: VariantOf<R>): boolean {
    return isIn(release, name);
  }
}
Injectable()(TinctService);

/** Takes every request in, before guards, pipes and handlers. */
export class TinctModule implements NestModule, OnModuleDestroy {
  readonly #tinct: Tinct;
  readonly #isOwned: boolean;

  constructor(tinct: Tinct, isOwned: boolean) {
    this.#tinct = tinct;
    this.#isOwned = isOwned;
  }

  /** @throws {TinctError} for an option that doesn't fit */
  static forRoot(options: TinctOptions | Tinct): DynamicModule {
    const tinct = tinctOf(options);
    return {
      module: TinctModule,
      global: true,
      providers: [
        { provide: TINCT, useValue: tinct },
        { provide: OWNED, useValue: !isTinct(options) },
        TinctService,
      ],
      exports: [TINCT, TinctService],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    const tinct = this.#tinct;
    consumer
      .apply((req: IncomingMessage, res: ServerResponse, next: () => void) =>
        pass(tinct, req, res, () => next()),
      )
      .forRoutes('{*path}');
  }

  onModuleDestroy(): void {
    if (this.#isOwned) this.#tinct.close();
  }
}
Inject(TINCT)(TinctModule, undefined, 0);
Inject(OWNED)(TinctModule, undefined, 1);
Module({})(TinctModule);

/** A handler's parameter: `hello(@Variant('my-service') name: string | undefined)`. */
export const Variant: (release: ReleaseName) => ParameterDecorator = createParamDecorator(
  (release: ReleaseName) => variant(release),
);

/** A guard: elsewhere than in this variant the route is not there, 404. `@UseGuards(OnlyIn('my-service', 'v2'))`. */
export function OnlyIn<R extends ReleaseName>(release: R, name: VariantOf<R>): CanActivate {
  return {
    canActivate: () => {
      if (isIn(release, name)) return true;
      throw new NotFoundException();
    },
  };
}
