//! What stands in the attribute: a policy, then options by name.

use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Result, Token};

/// `POLICY, when = classifier, on_event = observer, random = generator`
pub(crate) struct Arguments {
    pub(crate) policy: Expr,
    pub(crate) when: Option<Expr>,
    pub(crate) on_event: Option<Expr>,
    pub(crate) random: Option<Expr>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty()
            || input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==])
        {
            return Err(Error::new(
                input.span(),
                "a policy comes first, as in `#[retry(POLICY)]`",
            ));
        }
        let mut arguments = Self {
            policy: input.parse()?,
            when: None,
            on_event: None,
            random: None,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            arguments.option(input)?;
        }
        Ok(arguments)
    }
}

impl Arguments {
    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name: Ident = input.parse()?;
        let option = match name.to_string().as_str() {
            "on_event" => &mut self.on_event,
            "random" => &mut self.random,
            "when" => &mut self.when,
            other => {
                let known = "there are `when`, `on_event` and `random`";
                return Err(Error::new(
                    name.span(),
                    format!("no option `{other}`: {known}"),
                ));
            }
        };
        if option.is_some() {
            return Err(Error::new(name.span(), format!("`{name}` is given twice")));
        }
        input.parse::<Token![=]>()?;
        *option = Some(input.parse()?);
        Ok(())
    }
}
