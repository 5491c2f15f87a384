/**
 * Who is let in at the port between nodes: those that show a certificate of the cluster's CA for the host whose address
 * they claim. Starting points: {@link dev.skein.node.trust.NodePort}, {@link dev.skein.node.trust.LinkCheck}.
 */
@NullMarked
package dev.skein.node.trust;

import org.jspecify.annotations.NullMarked;
