/**
 * Who may connect, and what a client may publish and subscribe to.
 *
 * <p>Starting points: {@link dev.skein.node.auth.Authenticator}, {@link dev.skein.node.auth.Permissions},
 * {@link dev.skein.node.auth.TopicRules}.
 *
 * <p>A new kind of credential (a token, a device credential, a TLS certificate) is a class that implements
 * {@link dev.skein.node.auth.CredentialScheme} and a line in {@link dev.skein.node.auth.InstanceAuthenticator#create},
 * before {@link dev.skein.node.auth.PasswordScheme} when its user names have a prefix.
 * {@link dev.skein.node.auth.ClientIdRules} is asked before the credential and makes the
 * {@link dev.skein.node.auth.Identity} after it. What the scheme looks up is a method of
 * {@link dev.skein.node.auth.CredentialStore}; what it needs of the connection is a property of
 * {@link dev.skein.node.auth.ConnectAttempt}.
 *
 * <p>A new method of enhanced authentication of MQTT 5 is a class that implements
 * {@link dev.skein.node.auth.EnhancedScheme} and a line in the same method.
 */
@NullMarked
package dev.skein.node.auth;

import org.jspecify.annotations.NullMarked;
