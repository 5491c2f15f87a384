/**
 * What the broker keeps, as interfaces and records: no driver type and no SQL.
 *
 * <p>Starting points: {@link dev.skein.persistence.api.Stores} opens everything,
 * {@link dev.skein.persistence.api.MessageStore} holds queues, {@link dev.skein.persistence.api.SessionStore} sessions
 * and subscriptions, {@link dev.skein.persistence.api.RetainedStore} retained messages.
 */
@NullMarked
package dev.skein.persistence.api;

import org.jspecify.annotations.NullMarked;
