/**
 * Who may connect, and what a client may publish and subscribe to.
 *
 * <p>Starting points: {@link dev.skein.node.auth.Authenticator}, {@link dev.skein.node.auth.Permissions},
 * {@link dev.skein.node.auth.TopicRules}.
 */
@NullMarked
package dev.skein.node.auth;

import org.jspecify.annotations.NullMarked;
