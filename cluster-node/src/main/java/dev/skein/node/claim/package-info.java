/**
 * Client IDs: from a connection of any protocol to the actor of its session and back.
 *
 * <p>Starting points: {@link dev.skein.node.claim.Claim} for one connection, {@link dev.skein.node.claim.Claimant} for
 * what a protocol has to answer, {@link dev.skein.node.claim.Claims} for what a node starts.
 */
@NullMarked
package dev.skein.node.claim;

import org.jspecify.annotations.NullMarked;
