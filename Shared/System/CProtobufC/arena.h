// A bump allocator for libprotobuf-c: allocations live until the arena is released, all at once.
// Static inline because this is a door without object files. An arena belongs to the call that took it.
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct WireArenaBlock {
  struct WireArenaBlock *_Nullable older;
  size_t capacity;
} WireArenaBlock;

typedef struct WireArena {
  ProtobufCAllocator allocator;  // its allocator_data is the arena
  uint8_t *_Nullable cursor;
  uint8_t *_Nullable end;
  WireArenaBlock *_Nullable newest;
  size_t used;      // bytes handed out, rounded up
  size_t limit;     // bytes that may be handed out
  bool exhausted;   // an allocation was refused
} WireArena;

enum {
  WIRE_ARENA_ALIGNMENT = 8,
  // The first block: a message of a few kilobytes needs no other.
  WIRE_ARENA_FIRST_BLOCK = 16 * 1024,
  // A block that grew beyond this is given back rather than kept for the thread's next message.
  WIRE_ARENA_KEPT_BLOCK = 1024 * 1024,
};

static inline bool wire_arena_add_block(WireArena *_Nonnull arena, size_t atLeast) {
  size_t capacity = arena->newest != NULL ? arena->newest->capacity * 2 : WIRE_ARENA_FIRST_BLOCK;
  if (capacity > WIRE_ARENA_KEPT_BLOCK * 8) capacity = WIRE_ARENA_KEPT_BLOCK * 8;
  if (capacity < atLeast) capacity = atLeast;
  WireArenaBlock *block = malloc(sizeof(WireArenaBlock) + capacity);
  if (block == NULL) return false;
  block->older = arena->newest;
  block->capacity = capacity;
  arena->newest = block;
  arena->cursor = (uint8_t *)(block + 1);
  arena->end = arena->cursor + capacity;
  return true;
}

/// `size` bytes, aligned for any field of a message, not cleared; NULL beyond the limit.
static inline void *_Nullable wire_arena_allocate(WireArena *_Nonnull arena, size_t size) {
  size_t rounded = (size + WIRE_ARENA_ALIGNMENT - 1) & ~(size_t)(WIRE_ARENA_ALIGNMENT - 1);
  if (rounded < size || rounded > arena->limit - arena->used) {
    arena->exhausted = true;
    return NULL;
  }
  if ((size_t)(arena->end - arena->cursor) < rounded && !wire_arena_add_block(arena, rounded)) {
    arena->exhausted = true;
    return NULL;
  }
  void *start = arena->cursor;
  arena->cursor += rounded;
  arena->used += rounded;
  return start;
}

static void *_Nullable wire_arena_protobuf_alloc(void *_Nonnull data, size_t size) {
  return wire_arena_allocate((WireArena *)data, size);
}

static void wire_arena_protobuf_free(void *_Nonnull data, void *_Nullable pointer) {
  (void)data;
  (void)pointer;
}

// The thread's spare arena. Whoever takes it leaves NULL behind, so a call inside a call makes its own.
static _Thread_local WireArena *_Nullable wire_arena_spare = NULL;

/// An arena that hands out at most `limit` bytes; NULL when the machine has no memory.
static inline WireArena *_Nullable wire_arena_take(size_t limit) {
  WireArena *arena = wire_arena_spare;
  if (arena != NULL) {
    wire_arena_spare = NULL;
  } else {
    arena = calloc(1, sizeof(WireArena));
    if (arena == NULL) return NULL;
    if (!wire_arena_add_block(arena, 0)) {
      free(arena);
      return NULL;
    }
    arena->allocator.alloc = wire_arena_protobuf_alloc;
    arena->allocator.free = wire_arena_protobuf_free;
    arena->allocator.allocator_data = arena;
  }
  arena->used = 0;
  arena->limit = limit;
  arena->exhausted = false;
  return arena;
}

/// Ends the life of everything that the arena handed out. Its largest block is kept for the thread's next message.
static inline void wire_arena_release(WireArena *_Nonnull arena) {
  while (arena->newest != NULL && (arena->newest->older != NULL || arena->newest->capacity > WIRE_ARENA_KEPT_BLOCK)) {
    WireArenaBlock *gone = arena->newest;
    if (gone->older != NULL && gone->capacity <= WIRE_ARENA_KEPT_BLOCK) {
      gone = gone->older;
      arena->newest->older = gone->older;
    } else {
      arena->newest = gone->older;
    }
    free(gone);
  }
  if (wire_arena_spare != NULL || arena->newest == NULL) {
    free(arena->newest);
    free(arena);
    return;
  }
  arena->cursor = (uint8_t *)(arena->newest + 1);
  arena->end = arena->cursor + arena->newest->capacity;
  wire_arena_spare = arena;
}
