//! Functions that are async without the word: they return a future, as `#[async_trait]` writes them.

use syn::visit::Visit;
use syn::{AssocType, Block, Expr, ExprAsync, ItemFn, Pat, ReturnType, Stmt, Type};

/// The type and the block of one attempt, in a function that ends in an async block: `async move { .. }` or
/// `Box::pin(async move { .. })`.
pub(crate) fn attempt(function: &mut ItemFn) -> Option<(Type, &mut Block)> {
    let outcome = output(&function.sig.output)?;
    let Some(Stmt::Expr(last, None)) = function.block.stmts.last_mut() else {
        return None;
    };
    let future = future(last)?;
    Some((outcome, body(&mut future.block)?))
}

/// The `T` of `impl Future<Output = T>` and `Pin<Box<dyn Future<Output = T>>>`.
fn output(returned: &ReturnType) -> Option<Type> {
    struct Output<'f>(Option<&'f Type>);

    impl<'f> Visit<'f> for Output<'f> {
        fn visit_assoc_type(&mut self, associated: &'f AssocType) {
            if associated.ident == "Output" {
                self.0.get_or_insert(&associated.ty);
            }
        }
    }

    let mut output = Output(None);
    output.visit_return_type(returned);
    output.0.cloned()
}

fn future(last: &mut Expr) -> Option<&mut ExprAsync> {
    match last {
        Expr::Async(future) => Some(future),
        Expr::Call(call) => match call.args.last_mut() {
            Some(Expr::Async(future)) => Some(future),
            _ => None,
        },
        _ => None,
    }
}

/// The block that the user wrote. `#[async_trait]` moves the arguments into the future before it, which works only once, and
/// makes it the value of `let __ret: T = { .. };`.
fn body(block: &mut Block) -> Option<&mut Block> {
    let mut statements = block.stmts.iter_mut();
    match statements.position(|statement| returned(statement).is_some()) {
        Some(index) => returned(block.stmts.get_mut(index)?),
        None => Some(block),
    }
}

fn returned(statement: &mut Stmt) -> Option<&mut Block> {
    let Stmt::Local(local) = statement else {
        return None;
    };
    let Pat::Type(typed) = &local.pat else {
        return None;
    };
    match (&*typed.pat, &mut *local.init.as_mut()?.expr) {
        (Pat::Ident(name), Expr::Block(value)) if name.ident == "__ret" => Some(&mut value.block),
        _ => None,
    }
}
