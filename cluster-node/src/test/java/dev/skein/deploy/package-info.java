/**
 * What is in {@code k8s/}: that the manifests are well formed, that they agree with the code, and that the pods which
 * they describe form a cluster.
 */
@NullMarked
package dev.skein.deploy;

import org.jspecify.annotations.NullMarked;
