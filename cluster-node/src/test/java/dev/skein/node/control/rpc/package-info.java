@NullMarked
package dev.skein.node.control.rpc;

import org.jspecify.annotations.NullMarked;
